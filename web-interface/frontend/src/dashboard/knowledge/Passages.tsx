import { useInfiniteQuery } from "@tanstack/react-query";
import { Dialog } from "../ui/Dialog";
import { EmptyState, ErrorNotice, LoadingRows, LoadMore } from "../ui/States";
import { type KnownDocument, passagesQuery } from "./data";
import styles from "./Knowledge.module.css";
import { useKnowledgeTexts } from "./texts";

/** The pieces of a document that can be found and quoted. */
export function Passages({ document, onClose }: { document: KnownDocument; onClose: () => void }) {
  const t = useKnowledgeTexts();
  const list = useInfiniteQuery(passagesQuery(document.id));
  const passages = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Dialog title={t("passages_of", { name: document.title })} width="large" onClose={onClose}>
      {list.isPending && <LoadingRows />}
      {list.isError && <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />}
      {list.data && passages.length === 0 && <EmptyState icon="file" title={t("passages_none")} />}
      <ol className={styles.list}>
        {passages.map((passage) => (
          <li key={passage.position} className={styles.item}>
            <p className={styles.soft}>{[...passage.headings, passage.article].filter(Boolean).join(" › ")}</p>
            <p className={styles.text}>{passage.text}</p>
          </li>
        ))}
      </ol>
      <LoadMore has={list.hasNextPage} busy={list.isFetchingNextPage} onMore={() => void list.fetchNextPage()} />
    </Dialog>
  );
}
