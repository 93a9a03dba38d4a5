import { Page } from "../ui/Page";
import { useHealthTexts } from "./texts";

export default function HealthPage() {
  const t = useHealthTexts();
  return <Page title={t("title")}>{null}</Page>;
}
