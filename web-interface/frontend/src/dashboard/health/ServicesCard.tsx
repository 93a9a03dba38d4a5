import { Badge, type Tone } from "../ui/Badge";
import { Card } from "../ui/Page";
import { ErrorNotice, LoadingRows } from "../ui/States";
import { type ServiceHealth, useServices } from "./api";
import styles from "./Health.module.css";
import { nameOf, useHealthTexts } from "./texts";

const TONES: Record<ServiceHealth["status"], Tone> = { ok: "done", unavailable: "alert", away: "error" };

/** Every service as it answered a moment ago, the ill ones first. */
export function ServicesCard() {
  const t = useHealthTexts();
  const { data, error, refetch } = useServices();
  if (!data) {
    return (
      <Card title={t("services")}>{error ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : <LoadingRows rows={3} />}</Card>
    );
  }
  const ill = data.items.filter((service) => service.status !== "ok");
  const sorted = [...ill, ...data.items.filter((service) => service.status === "ok")];
  return (
    <Card
      title={t("services")}
      actions={
        <span role="status">
          {ill.length === 0 ? (
            <Badge tone="done">{t("all_good")}</Badge>
          ) : (
            <Badge tone="error">{t("attention", { count: ill.length })}</Badge>
          )}
        </span>
      }
    >
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      <ul className={styles.services}>
        {sorted.map((service) => (
          <Service key={service.name} service={service} />
        ))}
      </ul>
    </Card>
  );
}

function Service({ service }: { service: ServiceHealth }) {
  const t = useHealthTexts();
  const lacking = Object.entries(service.checks ?? {})
    .filter(([, state]) => state !== "ok")
    .map(([check]) => nameOf(t, "check", check));
  return (
    <li className={styles.service} data-status={service.status}>
      <strong>{nameOf(t, "service", service.name)}</strong>
      <Badge tone={TONES[service.status]}>{t(`status_${service.status}`)}</Badge>
      <small>
        {lacking.length > 0 ? t("lacks", { names: lacking.join(", ") }) : t("answered_in", { ms: service.milliseconds })}
      </small>
    </li>
  );
}
