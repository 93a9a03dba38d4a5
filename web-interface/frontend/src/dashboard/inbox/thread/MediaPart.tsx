import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Skeleton } from "@/shared/ui/Skeleton";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { useFormats } from "../../ui/format";
import { PanelIcon } from "../../ui/PanelIcon";
import { useToast } from "../../ui/Toast";
import type { Message } from "../api/queries";
import { fetchMedia } from "../api/send";
import { useInboxTexts } from "../texts";
import styles from "./Bubble.module.css";

const PROBLEMS = ["too_large", "too_long", "type_unsupported", "unavailable", "not_understood"] as const;

/** Types that a browser shows without running anything of them. */
const isPicture = (type: string) => /^image\/(jpeg|png|webp|gif)$/.test(type);

/** A message's file: a picture and a voice note are shown, anything else can be downloaded. */
export function MediaPart({ message }: { message: Message }) {
  const t = useInboxTexts();
  const type = message.media?.content_type ?? "";
  const problem = PROBLEMS.find((known) => known === message.media_problem);
  if (!message.media) {
    return <p className={styles.aside}>{t(problem ? `media_${problem}` : "media_pending")}</p>;
  }
  return (
    <>
      {isPicture(type) && <Photo message={message} />}
      {type.startsWith("audio/") && <Voice message={message} />}
      {!isPicture(type) && !type.startsWith("audio/") && <OtherFile message={message} />}
      {problem && <p className={styles.aside}>{t(`media_${problem}`)}</p>}
    </>
  );
}

/** The file as an address of this page; it is given back when nothing shows it any more. */
function useFile(message: Message) {
  const query = useQuery({
    queryKey: ["inbox", "media", message.id],
    queryFn: ({ signal }) => fetchMedia(message.id, signal),
    staleTime: Infinity,
  });
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (!query.data) return undefined;
    const made = URL.createObjectURL(query.data);
    // An address is a resource of the browser: it is made here and given back below.
    // eslint-disable-next-line react-hooks/set-state-in-effect
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [query.data]);
  return { url, error: query.error };
}

function Photo({ message }: { message: Message }) {
  const t = useInboxTexts();
  const format = useFormats();
  const { url, error } = useFile(message);
  const [isWhole, setWhole] = useState(false);
  const alt = t("photo_alt", { time: format.dateTime(message.created_at) });
  if (error) return <p className={styles.aside}>{t("file_away")}</p>;
  if (!url) return <Skeleton width="14rem" height="10rem" />;
  return (
    <>
      <button type="button" className={styles.photoFrame} onClick={() => setWhole(true)}>
        <img src={url} alt={alt} className={styles.photo} />
      </button>
      {isWhole && (
        <Dialog title={t("photo")} width="large" onClose={() => setWhole(false)}>
          <img src={url} alt={alt} className={styles.wholePhoto} />
        </Dialog>
      )}
    </>
  );
}

function Voice({ message }: { message: Message }) {
  const t = useInboxTexts();
  const { url, error } = useFile(message);
  if (error) return <p className={styles.aside}>{t("file_away")}</p>;
  if (!url) return <Skeleton width="16rem" height="3rem" />;
  // eslint-disable-next-line jsx-a11y/media-has-caption -- the transcript stands below it where there is one
  return <audio controls src={url} className={styles.audio} aria-label={t("voice_note")} />;
}

function OtherFile({ message }: { message: Message }) {
  const t = useInboxTexts();
  const toast = useToast();
  const [isBusy, setBusy] = useState(false);
  const name = message.media?.filename ?? t("file");
  const download = async () => {
    setBusy(true);
    try {
      const url = URL.createObjectURL(await fetchMedia(message.id, new AbortController().signal));
      const link = document.createElement("a");
      link.href = url;
      link.download = name;
      link.click();
      window.setTimeout(() => URL.revokeObjectURL(url), 60_000);
    } catch (error) {
      toast.failed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button small busy={isBusy} onClick={() => void download()}>
      <PanelIcon name="download" />
      {t("file_download", { name })}
    </Button>
  );
}
