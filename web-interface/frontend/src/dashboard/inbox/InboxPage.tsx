import { Page } from "../ui/Page";
import { useInboxTexts } from "./texts";

export default function InboxPage() {
  const t = useInboxTexts();
  return <Page title={t("title")}>{null}</Page>;
}
