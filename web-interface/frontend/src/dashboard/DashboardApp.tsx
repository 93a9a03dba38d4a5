import "./shell/tokens.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { useEffect, useLayoutEffect, useState } from "react";
import { Router } from "wouter";
import { PANEL_PATH } from "@/shared/ui/navigation";
import { createPanelQueryClient } from "./api/queryClient";
import { LiveProvider } from "./live/LiveProvider";
import { keepAlive } from "./session/auth";
import { LoginPage } from "./session/LoginPage";
import { useSessionOrNull } from "./session/store";
import { Frame } from "./shell/Frame";
import { useLanguage } from "./shell/i18n";
import { startTheme } from "./shell/theme";
import { ToastProvider } from "./ui/Toast";

/** The staff's pages: everything below /panel. */
export default function DashboardApp() {
  const session = useSessionOrNull();
  const language = useLanguage();
  useLayoutEffect(startTheme, []);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  useEffect(() => (session ? keepAlive(session) : undefined), [session]);

  return (
    <Router base={PANEL_PATH}>
      {/* Another person on the same tab begins with nothing of the one before. */}
      <Area key={session?.me.id ?? "nobody"} isInside={session !== null} />
    </Router>
  );
}

function Area({ isInside }: { isInside: boolean }) {
  const [client] = useState(createPanelQueryClient);
  useEffect(() => () => client.clear(), [client]);
  return (
    <QueryClientProvider client={client}>
      <ToastProvider>
        {isInside ? (
          <LiveProvider>
            <Frame />
          </LiveProvider>
        ) : (
          <LoginPage />
        )}
      </ToastProvider>
    </QueryClientProvider>
  );
}
