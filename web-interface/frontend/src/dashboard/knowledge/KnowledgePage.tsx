import { Page } from "../ui/Page";
import { useKnowledgeTexts } from "./texts";

export default function KnowledgePage() {
  const t = useKnowledgeTexts();
  return <Page title={t("title")}>{null}</Page>;
}
