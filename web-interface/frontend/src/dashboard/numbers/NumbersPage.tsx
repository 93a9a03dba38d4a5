import { Page } from "../ui/Page";
import { useNumbersTexts } from "./texts";

export default function NumbersPage() {
  const t = useNumbersTexts();
  return <Page title={t("title")}>{null}</Page>;
}
