import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useSearchParams } from "wouter";
import { officesQuery, type OpeningRule, rulesQuery } from "../../scheduling/catalogue";
import { dayInWords } from "../../scheduling/wallTime";
import { useLanguage } from "../../shell/i18n";
import { Button, IconButton } from "../../ui/Button";
import { SelectField } from "../../ui/Fields";
import { Card } from "../../ui/Page";
import { EmptyState, ErrorNotice, LoadingRows } from "../../ui/States";
import styles from "./Catalogue.module.css";
import { RuleDialog } from "./RuleDialog";
import { useCatalogueTexts } from "./texts";
import { WEEK } from "./week";

/** The week of an office: when it attends, how many people at a time. */
export default function HoursSection() {
  const t = useCatalogueTexts();
  const [params, setParams] = useSearchParams();
  const offices = useQuery(officesQuery);
  const office = offices.data?.find(({ id }) => id === params.get("oficina")) ?? offices.data?.[0];
  const [open, setOpen] = useState<OpeningRule | "new" | null>(null);
  return (
    <Card
      title={t("hours")}
      actions={
        office && (
          <Button small icon="plus" onClick={() => setOpen("new")}>
            {t("add_hours")}
          </Button>
        )
      }
    >
      {offices.isPending && <LoadingRows />}
      {offices.error && <ErrorNotice error={offices.error} onRetry={() => void offices.refetch()} />}
      {offices.data?.length === 0 && <EmptyState icon="pin" title={t("offices_none")} />}
      {office && (
        <>
          <div className={styles.choose}>
            <SelectField
              label={t("office")}
              value={office.id}
              onChange={({ target }) => setParams({ oficina: target.value }, { replace: true })}
            >
              {offices.data?.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </SelectField>
          </div>
          <p className={styles.soft}>{t("hours_hint")}</p>
          <Week officeId={office.id} onOpen={setOpen} />
          {open && <RuleDialog officeId={office.id} rule={open === "new" ? null : open} onClose={() => setOpen(null)} />}
        </>
      )}
    </Card>
  );
}

function Week({ officeId, onOpen }: { officeId: string; onOpen: (rule: OpeningRule) => void }) {
  const t = useCatalogueTexts();
  const rules = useQuery(rulesQuery(officeId));
  if (rules.isPending) return <LoadingRows />;
  if (rules.error) return <ErrorNotice error={rules.error} onRetry={() => void rules.refetch()} />;
  if (rules.data.length === 0) return <EmptyState icon="clock" title={t("hours_none")} />;
  return (
    <dl className={styles.week}>
      {WEEK.map((weekday) => (
        <div key={weekday}>
          <dt>{t(`weekday_${weekday}`)}</dt>
          <dd>
            {!rules.data.some((rule) => rule.weekday === weekday) && <span className={styles.soft}>{t("inactive")}</span>}
            {rules.data
              .filter((rule) => rule.weekday === weekday)
              .map((rule) => (
                <Rule key={rule.id} rule={rule} onOpen={() => onOpen(rule)} />
              ))}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Rule({ rule, onOpen }: { rule: OpeningRule; onOpen: () => void }) {
  const t = useCatalogueTexts();
  const language = useLanguage();
  const day = (value: string) => dayInWords(value, language, { day: "numeric", month: "short", year: "numeric" });
  const details = [
    t("people", { count: rule.capacity }),
    t("every", { count: rule.step }),
    rule.valid_from && t("from_day", { day: day(rule.valid_from) }),
    rule.valid_until && t("until_day", { day: day(rule.valid_until) }),
  ];
  const weekday = WEEK.find((name) => name === rule.weekday) ?? 0;
  return (
    <span className={styles.rule}>
      <strong>
        {rule.opens}–{rule.closes}
      </strong>
      <span className={styles.soft}>{details.filter(Boolean).join(", ")}</span>
      <IconButton
        small
        icon="edit"
        label={`${t("edit_hours")}: ${t(`weekday_${weekday}`)} ${rule.opens}–${rule.closes}`}
        onClick={onOpen}
      />
    </span>
  );
}
