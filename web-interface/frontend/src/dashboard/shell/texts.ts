import { defineTexts } from "./i18n";
import en from "./texts/en.json";
import es from "./texts/es-CL.json";

export const useShellTexts = defineTexts("shell", es, en);
