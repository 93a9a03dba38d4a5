import { useMutation, useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Link } from "wouter";
import { ApiError } from "@/shared/api/problem";
import { PhoneLink } from "@/shared/ui/PhoneLink";
import { shownRut } from "@/shared/ui/rut";
import { useCan } from "../session/store";
import { Badge } from "../ui/Badge";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { useFormats } from "../ui/format";
import { ErrorNotice, LoadingRows } from "../ui/States";
import { useToast } from "../ui/Toast";
import { useNow } from "../ui/useNow";
import { type Appointment, appointmentQuery, change, historyQuery, type Step } from "./data";
import styles from "./Dialogs.module.css";
import { EditForm } from "./EditForm";
import { MoveForm } from "./MoveForm";
import { ReasonField } from "./ReasonField";
import { isLive, statusOf, stepsOf, toneOf } from "./rules";
import { useAgendaTexts } from "./texts";
import { useChanged } from "./useChanged";

/** One hour: who comes, how it stands, and what may be done with it. */
export function AppointmentDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useAgendaTexts();
  const found = useQuery(appointmentQuery(id));
  return (
    <Dialog title={found.data ? found.data.citizen.name : t("appointment")} onClose={onClose}>
      {found.isLoading && <LoadingRows />}
      {found.error && <ErrorNotice error={found.error} onRetry={() => void found.refetch()} />}
      {found.data && <Inside appointment={found.data} />}
    </Dialog>
  );
}

type Doing = "nothing" | "moving" | "editing" | "cancelling";

function Inside({ appointment }: { appointment: Appointment }) {
  const t = useAgendaTexts();
  const can = useCan();
  const now = useNow();
  const toast = useToast();
  const changed = useChanged();
  const [doing, setDoing] = useState<Doing>("nothing");
  const [reason, setReason] = useState("");
  const stepping = useMutation({
    mutationFn: ({ step, why }: { step: Step; why?: string }) => change(appointment, step, why),
    onSuccess: async (after) => {
      await changed();
      setDoing("nothing");
      toast.done(t("now_is", { status: t(`status_${statusOf(after)}`) }));
    },
    onError: (error) => {
      if (error instanceof ApiError && error.code === "stale") void changed();
    },
  });
  const status = statusOf(appointment);
  const steps = can("agent") ? stepsOf(appointment, now) : [];
  const done = () => setDoing("nothing");

  return (
    <>
      <p className={styles.head}>
        <Badge tone={toneOf(status)}>{t(`status_${status}`)}</Badge>
        <strong>{appointment.when_text}</strong>
      </p>
      <Facts appointment={appointment} />
      {stepping.error && <ErrorNotice error={stepping.error} title={t("refused")} />}
      {doing === "nothing" && can("agent") && (
        <div className={styles.actions}>
          {steps
            .filter((step) => step !== "cancel")
            .map((step, index) => (
              <Button
                key={step}
                look={index === 0 ? "main" : "plain"}
                disabled={stepping.isPending}
                onClick={() => stepping.mutate({ step })}
              >
                {t(`do_${step}`)}
              </Button>
            ))}
          {isLive(appointment, now) && <Button onClick={() => setDoing("moving")}>{t("move_elsewhere")}</Button>}
          <Button icon="edit" onClick={() => setDoing("editing")}>
            {t("edit")}
          </Button>
          {steps.includes("cancel") && (
            <Button look="danger" onClick={() => setDoing("cancelling")}>
              {t("do_cancel")}
            </Button>
          )}
        </div>
      )}
      {doing === "moving" && <MoveForm appointment={appointment} onDone={done} />}
      {doing === "editing" && <EditForm appointment={appointment} onDone={done} />}
      {doing === "cancelling" && (
        <form
          className={styles.form}
          onSubmit={(event) => {
            event.preventDefault();
            stepping.mutate({ step: "cancel", why: reason.trim() });
          }}
        >
          <ReasonField appointment={appointment} reason={reason} onChange={setReason} />
          <div className={styles.actions}>
            <Button type="submit" look="danger" busy={stepping.isPending}>
              {t("cancel_really")}
            </Button>
            <Button onClick={done}>{t("keep_it")}</Button>
          </div>
        </form>
      )}
      <History id={appointment.id} />
    </>
  );
}

function Facts({ appointment }: { appointment: Appointment }) {
  const t = useAgendaTexts();
  const { citizen } = appointment;
  const facts: [string, ReactNode][] = [
    [t("procedure"), appointment.procedure.name],
    [t("office"), [appointment.office.name, appointment.office.address].filter(Boolean).join(", ")],
    [t("time"), `${appointment.start.slice(11, 16)}–${appointment.end.slice(11, 16)}`],
    [t("code"), appointment.code],
    [t("rut"), shownRut(citizen.rut)],
    [t("phone"), citizen.phone && <PhoneLink phone={citizen.phone} />],
    [t("email"), citizen.email],
    [t("asked_by"), channelName(t, appointment.channel)],
    [t("papers"), appointment.procedure.required_papers.join("; ")],
    [t("notes"), appointment.notes],
    [t("reason"), appointment.reason],
  ];
  return (
    <dl className={styles.facts}>
      {facts.map(
        ([name, value]) =>
          value && (
            <div key={name} style={{ display: "contents" }}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
      {appointment.conversation_id && (
        <>
          <dt>{t("conversation")}</dt>
          <dd>
            <Link href={`/conversaciones/${appointment.conversation_id}`}>{t("open_conversation")}</Link>
          </dd>
        </>
      )}
    </dl>
  );
}

const KNOWN_CHANNELS = ["web", "whatsapp", "api", "counter", "phone"] as const;

function channelName(t: ReturnType<typeof useAgendaTexts>, channel: string): string {
  const known = KNOWN_CHANNELS.find((name) => name === channel);
  return known ? t(`channel_${known}`) : channel;
}

const KNOWN_ACTIONS = ["booked", "confirmed", "cancelled", "attended", "no_show", "rescheduled", "edited"] as const;
const KNOWN_ROLES = ["admin", "agent", "service", "visitor", "citizen"] as const;

function History({ id }: { id: string }) {
  const t = useAgendaTexts();
  const { dateTime } = useFormats();
  const [isOpen, setOpen] = useState(false);
  const history = useQuery({ ...historyQuery(id), enabled: isOpen });
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{t("history")}</summary>
      {history.isLoading && <LoadingRows rows={2} />}
      {history.error && <ErrorNotice error={history.error} onRetry={() => void history.refetch()} />}
      <ol className={styles.history}>
        {history.data?.map((entry) => {
          const action = KNOWN_ACTIONS.find((name) => name === entry.action);
          const role = KNOWN_ROLES.find((name) => name === entry.actor_role);
          return (
            <li key={entry.id}>
              {dateTime(entry.at)} · {action ? t(`did_${action}`) : entry.action} · {role ? t(`by_${role}`) : entry.actor_role}
            </li>
          );
        })}
      </ol>
    </details>
  );
}
