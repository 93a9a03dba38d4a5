declare global {
  interface Window {
    Munbot?: { open: (text?: string) => void };
  }
}

/** What was asked for before the widget's script had arrived: on a slow line people press a button sooner than that. */
let waiting: string | null = null;
let isExpected = true;

function rememberClick(event: MouseEvent): void {
  const target = event.target instanceof Element ? event.target.closest("[data-munbot-open]") : null;
  if (target && !window.Munbot) waiting = target.getAttribute("data-munbot-open") ?? "";
}
document.addEventListener("click", rememberClick);

/** Put the chat on the page, once, as any other site would: one script tag. */
export function loadWidget(tenant: string): void {
  if (document.querySelector("script[data-munbot-widget]")) return;
  const script = document.createElement("script");
  script.src = "/widget.js";
  script.async = true;
  script.dataset.munbotWidget = "";
  script.dataset.tenant = tenant;
  const settle = () => {
    isExpected = false;
    document.removeEventListener("click", rememberClick);
    if (waiting !== null) window.Munbot?.open(waiting);
    waiting = null;
  };
  script.addEventListener("load", settle);
  script.addEventListener("error", settle);
  document.body.append(script);
}

/**
 * Open the chat with a first message: now, or as soon as its script is there. Returns false when it will not be there.
 */
export function openChat(text: string): boolean {
  if (window.Munbot) window.Munbot.open(text);
  else if (isExpected) waiting = text;
  else return false;
  return true;
}
