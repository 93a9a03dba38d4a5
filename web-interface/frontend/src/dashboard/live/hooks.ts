import type { QueryKey } from "@tanstack/react-query";
import { use, useEffect, useEffectEvent, useState, useSyncExternalStore } from "react";
import type { LinkState } from "./link";
import { LiveContext } from "./LiveProvider";
import type { PlatformEvent, PresentAgent } from "./protocol";

const never = () => () => undefined;

/** Hear the platform's events whose type begins with one of the prefixes (`"munbot.appointment."`). */
export function useEvents(prefixes: readonly string[], onEvent: (event: PlatformEvent) => void): void {
  const live = use(LiveContext);
  const hear = useEffectEvent((event: PlatformEvent) => {
    if (prefixes.some((prefix) => event.type.startsWith(prefix))) onEvent(event);
  });
  useEffect(() => live?.link.onEvent((event) => hear(event)), [live]);
}

/** Ask queries anew when an event concerns them: return the keys of what it concerns, or none. Bursts are bundled. */
export function useRefetchOn(prefixes: readonly string[], keysOf: (event: PlatformEvent) => readonly QueryKey[]): void {
  const live = use(LiveContext);
  useEvents(prefixes, (event) => live?.refresher.ask(keysOf(event)));
}

export function useLinkState(): LinkState {
  const live = use(LiveContext);
  return useSyncExternalStore(live?.link.onState ?? never, () => live?.link.state ?? "connecting");
}

/** Tell the others that a conversation is open here, and learn who else has it open. */
export function usePresence(conversationId: string): { others: PresentAgent[]; setTyping: (on: boolean) => void } {
  const live = use(LiveContext);
  const [heard, setHeard] = useState<{ of: string; agents: PresentAgent[] }>({ of: "", agents: [] });
  useEffect(() => {
    if (!live) return undefined;
    const stop = live.link.onPresence((presence) => {
      if (presence.conversation_id === conversationId) setHeard({ of: conversationId, agents: presence.agents });
    });
    live.link.view(conversationId);
    return () => {
      stop();
      live.link.view(null);
    };
  }, [live, conversationId]);
  return {
    others: heard.of === conversationId ? heard.agents : [],
    setTyping: (on) => live?.link.typing(on),
  };
}
