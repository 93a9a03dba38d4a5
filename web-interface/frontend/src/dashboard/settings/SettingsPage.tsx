import { Page } from "../ui/Page";
import { useSettingsTexts } from "./texts";

export default function SettingsPage() {
  const t = useSettingsTexts();
  return <Page title={t("title")}>{null}</Page>;
}
