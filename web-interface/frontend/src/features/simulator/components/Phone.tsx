import { Fragment, useEffect, useRef, useState } from "react";
import { fill } from "@/shared/ui/text";
import type { Account, Entry } from "../api/schemas";
import { markRead, type OutgoingFile } from "../api/simulator";
import { dayOf } from "../format";
import { useSender } from "../hooks/useSender";
import { readable, type SavedPhone } from "../phones";
import { asPhoto } from "../photo";
import texts from "../texts/es-CL.json";
import { isUnread, shown, type Shown, type Talk, talkKey } from "../transcript";
import { AttachMenu, type Picked } from "./AttachMenu";
import { Bubble } from "./Bubble";
import { Composer } from "./Composer";
import { FileSheet } from "./FileSheet";
import { LocationSheet } from "./LocationSheet";
import { OptionSheet } from "./OptionSheet";
import { PhoneTop } from "./PhoneTop";
import styles from "./Phone.module.css";

type Props = {
  phone: SavedPhone;
  accounts: Account[];
  talk: Talk;
  add: (entry: Entry) => void;
  onChange: (phone: SavedPhone) => void;
  onRemove: () => void;
};
type Open = { kind: "attach" } | { kind: "location" } | { kind: "list"; entry: Entry } | { kind: "file"; file: OutgoingFile };

export function Phone({ phone, accounts, talk, add, onChange, onRemove }: Props) {
  const [open, setOpen] = useState<Open | null>(null);
  const sender = useSender(phone, add);
  const office = accounts.find((account) => account.slug === phone.account)?.name ?? phone.account;
  const items = shown(talk, phone.number, phone.account);
  const isTyping = useTyping(talk.typing.get(talkKey(phone.number, phone.account)));
  const log = useStayAtEnd(`${items.length} ${isTyping}`);
  useReadMarks(phone, isUnread(items));
  const close = () => setOpen(null);

  async function pick({ kind, file }: Picked) {
    close();
    if (kind === "voice") {
      await sender.sendFile({ kind, file, name: file.name });
      return;
    }
    try {
      setOpen({ kind: "file", file: { kind, file: kind === "image" ? await asPhoto(file) : file, name: file.name } });
    } catch {
      sender.fail(texts.photo_unreadable);
    }
  }
  const choose = (entry: Entry, choice: string) => {
    close();
    void sender.send({ type: "choice", message_id: entry.id, choice_id: choice });
  };
  const sendAndClose = async (sent: Promise<boolean>) => {
    await sent;
    close();
  };

  return (
    <article className={styles.phone} aria-label={fill(texts.phone_of, { name: phone.name })}>
      <PhoneTop phone={phone} accounts={accounts} isTyping={isTyping} onChange={onChange} onRemove={onRemove} />
      <div className={styles.screen}>
        {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a long talk is scrolled with the keyboard */}
        <div ref={log} className={styles.log} role="log" tabIndex={0} aria-label={fill(texts.log, { name: phone.name, office })}>
          {items.length === 0 && <p className={styles.empty}>{texts.empty}</p>}
          <ol>
            {items.map((item, index) => (
              <Fragment key={item.entry.id}>
                <Day item={item} before={items[index - 1]} />
                <Bubble
                  item={item}
                  office={office}
                  onChoose={choose}
                  onOpenList={(entry) => setOpen({ kind: "list", entry })}
                  onReact={(entry, emoji) => void sender.send({ type: "reaction", message_id: entry.id, emoji })}
                />
              </Fragment>
            ))}
          </ol>
          {isTyping && (
            <p className={styles.dots} aria-hidden="true">
              <i />
              <i />
              <i />
            </p>
          )}
        </div>
        {sender.error && (
          <p className={styles.error} role="alert">
            {sender.error}
          </p>
        )}
        <Composer
          isBusy={sender.isSending}
          onText={(text) => sender.send({ type: "text", text })}
          onVoice={(file) => void sender.sendFile(file)}
          onAttach={() => setOpen({ kind: "attach" })}
        />
        {open?.kind === "attach" && (
          <AttachMenu
            onPick={(picked) => void pick(picked)}
            onLocation={() => setOpen({ kind: "location" })}
            onUnsupported={() => void sendAndClose(sender.send({ type: "unsupported" }))}
            onClose={close}
          />
        )}
        {open?.kind === "list" && open.entry.options && (
          <OptionSheet options={open.entry.options} onChoose={(id) => choose(open.entry, id)} onClose={close} />
        )}
        {open?.kind === "file" && (
          <FileSheet
            picked={open.file}
            isSending={sender.isSending}
            onSend={(file) => void sendAndClose(sender.sendFile(file))}
            onClose={close}
          />
        )}
        {open?.kind === "location" && (
          <LocationSheet
            isSending={sender.isSending}
            onSend={(location) => void sendAndClose(sender.send({ type: "location", location }))}
            onClose={close}
          />
        )}
      </div>
      <p className={styles.number}>{readable(phone.number)}</p>
    </article>
  );
}

function Day({ item, before }: { item: Shown; before: Shown | undefined }) {
  const day = dayOf(item.entry.at);
  if (before && dayOf(before.entry.at) === day) return null;
  return <li className={styles.day}>{day}</li>;
}

/** Whether "writing" is still to be shown: the simulator says until when, and nothing when the time is over. */
function useTyping(until: number | undefined): boolean {
  const [over, setOver] = useState<number>();
  useEffect(() => {
    if (until === undefined) return;
    const timer = setTimeout(() => setOver(until), Math.max(0, until - Date.now()));
    return () => clearTimeout(timer);
  }, [until]);
  return until !== undefined && until !== over;
}

function useStayAtEnd(content: string) {
  const log = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = log.current;
    if (element) element.scrollTop = element.scrollHeight;
  }, [content]);
  return log;
}

/** What is on the screen of a telephone that somebody looks at has been read. */
function useReadMarks({ number, account }: SavedPhone, unread: boolean) {
  useEffect(() => {
    if (!unread) return;
    const mark = () => {
      if (document.visibilityState === "visible") void markRead(number, account).catch(() => undefined);
    };
    mark();
    document.addEventListener("visibilitychange", mark);
    return () => document.removeEventListener("visibilitychange", mark);
  }, [number, account, unread]);
}
