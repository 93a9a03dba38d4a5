import { useEffect, type RefObject } from "react";

/** On a phone, keep the panel on the part of the screen that the keyboard leaves free, and hold the page behind still. */
export function usePhoneViewport(panel: RefObject<HTMLElement | null>, phone: boolean): void {
  useEffect(() => {
    if (!phone) return;
    const element = panel.current;
    const viewport = window.visualViewport;
    const page = document.documentElement.style;
    const before = page.overflow;
    page.overflow = "hidden";
    const fit = () => {
      if (!element || !viewport) return;
      element.style.setProperty("--mb-screen-height", `${String(viewport.height)}px`);
      element.style.setProperty("--mb-screen-top", `${String(viewport.offsetTop)}px`);
    };
    fit();
    viewport?.addEventListener("resize", fit);
    viewport?.addEventListener("scroll", fit);
    return () => {
      page.overflow = before;
      viewport?.removeEventListener("resize", fit);
      viewport?.removeEventListener("scroll", fit);
      element?.style.removeProperty("--mb-screen-height");
      element?.style.removeProperty("--mb-screen-top");
    };
  }, [panel, phone]);
}
