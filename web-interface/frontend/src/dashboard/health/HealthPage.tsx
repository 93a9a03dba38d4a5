import { useQueryClient } from "@tanstack/react-query";
import { Button } from "../ui/Button";
import { useFormats } from "../ui/format";
import { Page } from "../ui/Page";
import { useServices } from "./api";
import { LettersCard } from "./LettersCard";
import { QueuesCard } from "./QueuesCard";
import { ServicesCard } from "./ServicesCard";
import { useHealthTexts } from "./texts";
import styles from "./Health.module.css";

export default function HealthPage() {
  const t = useHealthTexts();
  const format = useFormats();
  const client = useQueryClient();
  const services = useServices();
  return (
    <Page
      title={t("title")}
      actions={
        <>
          {services.data && <p className={styles.checked}>{t("checked", { time: format.time(services.data.checked_at) })}</p>}
          <Button icon="refresh" onClick={() => void client.invalidateQueries({ queryKey: ["health"] })}>
            {t("refresh")}
          </Button>
        </>
      }
    >
      <ServicesCard />
      <LettersCard />
      <QueuesCard />
    </Page>
  );
}
