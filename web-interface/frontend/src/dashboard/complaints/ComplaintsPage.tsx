import { Page } from "../ui/Page";
import { useComplaintsTexts } from "./texts";

export default function ComplaintsPage() {
  const t = useComplaintsTexts();
  return <Page title={t("title")}>{null}</Page>;
}
