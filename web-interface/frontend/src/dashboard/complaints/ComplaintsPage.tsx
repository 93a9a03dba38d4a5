import { useRoute } from "wouter";
import { useRefetchOn } from "../live/hooks";
import { DetailPage } from "./DetailPage";
import { ListPage } from "./ListPage";

/** Complaints: the list in three views, and one complaint. Both change by themselves when something happens. */
export default function ComplaintsPage() {
  const [isOne, params] = useRoute("/reclamos/:folio");
  useRefetchOn(["munbot.complaint."], (event) => [
    ["complaints", "list"],
    ["complaints", "one", (event.data as { folio?: string }).folio ?? ""],
  ]);
  return isOne ? <DetailPage key={params.folio} folio={params.folio} /> : <ListPage />;
}
