/** Light, dark, or as the device is. The page always carries the one that is shown: `data-theme` on the root element. */
import { useSyncExternalStore } from "react";

export type ThemeChoice = "system" | "light" | "dark";
export const THEMES: readonly ThemeChoice[] = ["system", "light", "dark"];

const KEY = "munbot.panel.theme";
const listeners = new Set<() => void>();
const device = window.matchMedia("(prefers-color-scheme: dark)");
let choice: ThemeChoice = kept();

function kept(): ThemeChoice {
  try {
    const value = window.localStorage.getItem(KEY);
    return value === "light" || value === "dark" ? value : "system";
  } catch {
    return "system";
  }
}

function shown(): "light" | "dark" {
  if (choice !== "system") return choice;
  return device.matches ? "dark" : "light";
}

function apply(): void {
  document.documentElement.dataset.theme = shown();
  for (const listener of listeners) listener();
}

/** Begin to carry the theme. The citizens' pages never call it: they follow the device. */
export function startTheme(): () => void {
  apply();
  device.addEventListener("change", apply);
  return () => {
    device.removeEventListener("change", apply);
    delete document.documentElement.dataset.theme;
  };
}

export function setTheme(next: ThemeChoice): void {
  choice = next;
  try {
    window.localStorage.setItem(KEY, next);
  } catch {
    // Kept until the page is loaded anew.
  }
  apply();
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useThemeChoice = (): ThemeChoice => useSyncExternalStore(subscribe, () => choice);
/** What is on the screen now, for what draws outside CSS (charts, maps). */
export const useShownTheme = (): "light" | "dark" => useSyncExternalStore(subscribe, shown);
