import { useQuery } from "@tanstack/react-query";
import { notifications, read } from "../../api/clients";
import { fieldErrors } from "../../scheduling/fieldErrors";
import { ErrorNotice, LoadingRows } from "../../ui/States";
import styles from "../Settings.module.css";
import own from "./Preview.module.css";
import { NOTIFICATIONS, PARTS, type Template, type Words } from "./notifications";
import { useNotificationsTexts } from "./texts";

/** What a recipient would read. The mail is shown shut in: no script of it runs, and nothing of it reaches this page. */
export function Preview({ template, words }: { template: Template; words: Words }) {
  const t = useNotificationsTexts();
  const path = { name: template.name };
  const filled = useQuery({
    queryKey: [...NOTIFICATIONS, "preview", template.name, words],
    queryFn: ({ signal }) =>
      read(notifications.POST("/v1/templates/{name}/preview", { params: { path }, body: { words }, signal })),
    retry: false,
    gcTime: 0,
  });
  if (filled.isPending) return <LoadingRows />;
  if (filled.error) {
    const wrong = fieldErrors(filled.error);
    const parts = PARTS.filter(({ id }) => wrong[id]);
    if (parts.length === 0) return <ErrorNotice error={filled.error} onRetry={() => void filled.refetch()} />;
    return (
      <div role="alert">
        <p>{t("preview_broken")}</p>
        <ul>
          {parts.map(({ id }) => (
            <li key={id}>
              {t(id)}: {wrong[id]}
            </li>
          ))}
        </ul>
      </div>
    );
  }
  return (
    <div className={styles.form}>
      <p className={styles.soft}>{t("preview_example")}</p>
      <h3>{t("subject")}</h3>
      <p>{filled.data.subject}</p>
      <h3>{t("html")}</h3>
      <iframe className={own.mail} title={t("html")} sandbox="" srcDoc={filled.data.html} />
      <h3>{t("text")}</h3>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, and the keyboard must reach it */}
      <pre className={`${styles.body} ${own.text}`} tabIndex={0}>
        {filled.data.text}
      </pre>
      <h3>{t("short")}</h3>
      <p className={own.text}>{filled.data.short}</p>
    </div>
  );
}
