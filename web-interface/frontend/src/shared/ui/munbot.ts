declare global {
  interface Window {
    Munbot?: { open: (text?: string) => void };
  }
}

/** Put the chat on the page, once, as any other site would: one script tag. */
export function loadWidget(tenant: string): void {
  if (document.querySelector("script[data-munbot-widget]")) return;
  const script = document.createElement("script");
  script.src = "/widget.js";
  script.async = true;
  script.dataset.munbotWidget = "";
  script.dataset.tenant = tenant;
  document.body.append(script);
}

/** Open the chat with a first message. Returns false while the chat is not there. */
export function openChat(text: string): boolean {
  if (!window.Munbot) return false;
  window.Munbot.open(text);
  return true;
}
