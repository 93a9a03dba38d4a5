import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useEffect, useState } from "react";
import { StaffLink } from "./link";
import { Refresher } from "./refresher";

export type Live = { link: StaffLink; refresher: Refresher };

export const LiveContext = createContext<Live | null>(null);

/** The live connection for everything inside: one for each log-in. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const [live, setLive] = useState<Live | null>(null);

  useEffect(() => {
    const refresher = new Refresher(client);
    const link = new StaffLink(() => void client.invalidateQueries());
    // The connection is an outside system: it can be made only here, and is closed with the frame.
    // eslint-disable-next-line react-hooks/set-state-in-effect
    setLive({ link, refresher });
    return () => {
      refresher.stop();
      link.close();
    };
  }, [client]);

  return <LiveContext value={live}>{children}</LiveContext>;
}
