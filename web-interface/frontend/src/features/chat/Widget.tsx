import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { translator, type Locale } from "@/shared/i18n";
import { Launcher } from "./components/Launcher";
import { Panel } from "./components/Panel";
import { ChatContext } from "./context";
import type { ChatEngine } from "./engine/engine";
import type { Tenant } from "./engine/protocol";
import type { ChatStorage } from "./engine/storage";
import { dates } from "./format/dates";
import type { PanelSwitch } from "./panelSwitch";

export interface WidgetProps {
  engine: ChatEngine;
  storage: ChatStorage;
  panel: PanelSwitch;
  locale: Locale;
  /** Ask for the office's profile; null when there is none to be had. */
  loadTenant: () => Promise<Tenant | null>;
  onTenant?: (tenant: Tenant) => void;
}

/** Follow what the engine needs to know of the page: whether the list is in view, and the network. */
function usePage(engine: ChatEngine, open: boolean): void {
  useEffect(() => {
    const look = () => engine.setVisible(open && document.visibilityState === "visible");
    look();
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [engine, open]);
  useEffect(() => {
    const up = () => engine.setNetwork(true);
    const down = () => engine.setNetwork(false);
    window.addEventListener("online", up);
    window.addEventListener("offline", down);
    return () => {
      window.removeEventListener("online", up);
      window.removeEventListener("offline", down);
    };
  }, [engine]);
}

/** The launcher and, when open, the panel. */
export function Widget({ engine, storage, panel, locale, loadTenant, onTenant }: WidgetProps) {
  const snapshot = useSyncExternalStore(engine.subscribe, engine.getSnapshot);
  const { open, takeFocus } = useSyncExternalStore(panel.subscribe, panel.getSnapshot);
  const [tenant, setTenant] = useState<Tenant | null>(null);
  const launcher = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(open);
  usePage(engine, open);

  const known = tenant !== null;
  useEffect(() => {
    // A second try when the panel opens, if the first found no server.
    if (known) return;
    let gone = false;
    void loadTenant().then((profile) => {
      if (gone || !profile) return;
      setTenant(profile);
      onTenant?.(profile);
    });
    return () => {
      gone = true;
    };
  }, [known, open, loadTenant, onTenant]);

  useEffect(() => {
    if (open || engine.hasHistory) engine.start();
    if (!open && wasOpen.current) launcher.current?.focus({ preventScroll: true });
    wasOpen.current = open;
  }, [engine, open]);

  const value = useMemo(() => {
    const t = translator(locale);
    return { engine, storage, tenant, locale, t, dates: dates(locale, tenant?.timezone, t) };
  }, [engine, storage, tenant, locale]);

  return (
    <ChatContext value={value}>
      <div className="mb-root" lang={locale}>
        {open && <Panel snapshot={snapshot} takeFocus={takeFocus} onClose={() => panel.close()} />}
        <Launcher ref={launcher} open={open} unread={snapshot.unread} onOpen={() => panel.open()} />
      </div>
    </ChatContext>
  );
}
