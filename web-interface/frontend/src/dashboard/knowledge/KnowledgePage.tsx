import { useSearchParams } from "wouter";
import { useRefetchOn } from "../live/hooks";
import { Page } from "../ui/Page";
import { Tabs } from "../ui/Tabs";
import { Documents } from "./Documents";
import styles from "./Knowledge.module.css";
import { Pairs } from "./Pairs";
import { Questions } from "./Questions";
import { useKnowledgeTexts } from "./texts";
import { TryOut } from "./TryOut";

const TABS = ["unknown", "unhelpful", "pairs", "documents", "try"] as const;
type TabId = (typeof TABS)[number];

/** What the assistant answers from, and what it could not answer. */
export default function KnowledgePage() {
  const t = useKnowledgeTexts();
  const [params, setParams] = useSearchParams();
  const chosen: TabId = TABS.find((tab) => tab === params.get("ver")) ?? "unknown";
  useRefetchOn(["munbot.message.handled."], () => [["knowledge", "questions"]]);
  return (
    <Page title={t("title")}>
      <Tabs
        label={t("tabs")}
        tabs={TABS.map((id) => ({ id, label: t(`tab_${id}`) }))}
        chosen={chosen}
        onChoose={(id) => setParams(id === "unknown" ? {} : { ver: id }, { replace: true })}
      >
        <div className={styles.panel}>
          {(chosen === "unknown" || chosen === "unhelpful") && <Questions key={chosen} kind={chosen} />}
          {chosen === "pairs" && <Pairs />}
          {chosen === "documents" && <Documents />}
          {chosen === "try" && <TryOut />}
        </div>
      </Tabs>
    </Page>
  );
}
