import { defineTexts } from "../shell/i18n";
import en from "./texts/en.json";
import es from "./texts/es-CL.json";

export const useNumbersTexts = defineTexts("numbers", es, en);
