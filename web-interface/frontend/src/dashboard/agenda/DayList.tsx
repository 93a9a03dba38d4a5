import { useQuery } from "@tanstack/react-query";
import { Link, useSearchParams } from "wouter";
import { formatPhone } from "@/shared/ui/phone";
import { shownRut } from "@/shared/ui/rut";
import { officesQuery } from "../scheduling/catalogue";
import { dayInWords, isDay, wallAt } from "../scheduling/wallTime";
import { useRefetchOn } from "../live/hooks";
import { useLanguage } from "../shell/i18n";
import { Button } from "../ui/Button";
import { SelectField, TextField } from "../ui/Fields";
import { useTenant } from "../ui/format";
import { Page } from "../ui/Page";
import { EmptyState, ErrorNotice, LoadingRows } from "../ui/States";
import { useNow } from "../ui/useNow";
import { AGENDA_KEY, type Appointment, appointmentsQuery, daysQuery } from "./data";
import styles from "./DayList.module.css";
import calendarStyles from "./Calendar.module.css";
import { statusOf } from "./rules";
import { useAgendaTexts } from "./texts";

/** Who comes on a day, on paper for the counter. */
export function DayList() {
  const t = useAgendaTexts();
  const language = useLanguage();
  const tenant = useTenant();
  const today = wallAt(useNow(), tenant?.timezone ?? "America/Santiago").slice(0, 10);
  const [params, setParams] = useSearchParams();
  const asked = params.get("fecha");
  const day = isDay(asked) ? asked : today;
  const officeId = params.get("oficina") ?? "";
  const offices = useQuery(officesQuery);
  const range = { from: day, to: day };
  const list = useQuery(appointmentsQuery(range, { officeId, procedureId: "" }));
  const days = useQuery(daysQuery(range, officeId));
  useRefetchOn(["munbot.appointment."], () => [AGENDA_KEY]);

  const office = offices.data?.find((item) => item.id === officeId)?.name ?? t("all_offices");
  const inWords = dayInWords(day, language, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
  const items = (list.data?.items ?? []).filter((item) => item.status !== "cancelled");
  const closure = officeId ? days.data?.find((item) => item.closure && item.reason)?.reason : undefined;
  const put = (name: string, value: string) =>
    setParams(
      (before) => {
        const after = new URLSearchParams(before);
        after.set(name, value);
        return after;
      },
      { replace: true },
    );

  return (
    <Page
      title={t("day_list")}
      actions={
        <span className={styles.screen}>
          <Link className={calendarStyles.link} href={`/agenda?vista=dia&fecha=${day}&oficina=${officeId}`}>
            {t("back_to_agenda")}
          </Link>
          <Button look="main" icon="print" disabled={!list.data} onClick={() => window.print()}>
            {t("print")}
          </Button>
        </span>
      }
    >
      <div className={styles.bar}>
        <TextField
          type="date"
          label={t("day")}
          value={day}
          onChange={({ target }) => isDay(target.value) && put("fecha", target.value)}
        />
        <SelectField label={t("office")} value={officeId} onChange={({ target }) => put("oficina", target.value)}>
          <option value="">{t("all_offices")}</option>
          {offices.data?.map((item) => (
            <option key={item.id} value={item.id}>
              {item.name}
            </option>
          ))}
        </SelectField>
      </div>
      <p className={styles.paper}>{tenant?.name}</p>
      <h2>
        {office}, {inWords}
      </h2>
      {closure && <p>{t("closed_because", { office, reason: closure })}</p>}
      {list.isLoading && <LoadingRows />}
      {list.error && <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />}
      {list.data && items.length === 0 && <EmptyState icon="calendar" title={t("none")} />}
      {items.length > 0 && <People items={items} withOffice={!officeId} />}
      {items.length > 0 && <p>{t("people", { count: items.length })}</p>}
    </Page>
  );
}

function People({ items, withOffice }: { items: readonly Appointment[]; withOffice: boolean }) {
  const t = useAgendaTexts();
  return (
    // A scrolling area has to be reachable by keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={styles.frame} tabIndex={0} role="region" aria-label={t("day_list")}>
      <table className={styles.list}>
        <thead>
          <tr>
            <th scope="col">{t("came")}</th>
            <th scope="col">{t("time")}</th>
            <th scope="col">{t("person")}</th>
            <th scope="col">{t("rut")}</th>
            <th scope="col">{t("procedure")}</th>
            <th scope="col">{t("phone")}</th>
            <th scope="col">{t("status")}</th>
            <th scope="col">{t("code")}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={item.id}>
              <td>
                {item.status === "attended" ? "✓" : <span className={styles.tick} />}
                {item.status === "attended" && <span className="visually-hidden">{t("status_attended")}</span>}
              </td>
              <td>{item.start.slice(11, 16)}</td>
              <th scope="row">{item.citizen.name}</th>
              <td className={styles.whole}>{shownRut(item.citizen.rut)}</td>
              <td>
                {item.procedure.name}
                {withOffice && <small>{item.office.name}</small>}
                {item.notes && <small>{item.notes}</small>}
              </td>
              <td className={styles.whole}>{item.citizen.phone && formatPhone(item.citizen.phone)}</td>
              <td>{t(`status_${statusOf(item)}`)}</td>
              <td className={styles.whole}>{item.code}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
