import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { Link } from "wouter";
import { complaints, read } from "../api/clients";
import { useCan } from "../session/store";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { TextField } from "../ui/Fields";
import { EmptyState, ErrorNotice, LoadingRows } from "../ui/States";
import { useToast } from "../ui/Toast";
import { DeadlineBadge, StatusBadge } from "./Badges";
import { mapQuery, type MapSetting, type Summary } from "./data";
import styles from "./Places.module.css";
import { useComplaintsTexts } from "./texts";

const PlacesMap = lazy(() => import("./PlacesMap"));

/** Where it happens: on a map where the office has one, and in a list in any case. */
export function Places({ rows }: { rows: readonly Summary[] }) {
  const t = useComplaintsTexts();
  const can = useCan()("admin");
  const setting = useQuery(mapQuery);
  const [isSetting, setSetting] = useState(false);
  const placed = rows.filter((row) => row.place);
  const points = placed.filter((row) => row.place?.latitude != null);
  if (setting.isPending) return <LoadingRows rows={6} />;
  if (setting.isError) return <ErrorNotice error={setting.error} onRetry={() => void setting.refetch()} />;
  return (
    <div className={styles.places}>
      <p className={styles.bar}>
        <span>
          {setting.data.tiles_url ? t("places_shown", { shown: points.length, count: rows.length }) : t("places_no_map")}
        </span>
        {can && (
          <Button small icon="gear" onClick={() => setSetting(true)}>
            {t("map_setting")}
          </Button>
        )}
      </p>
      {setting.data.tiles_url && points.length > 0 && (
        <Suspense fallback={<LoadingRows rows={6} />}>
          <PlacesMap rows={points} setting={setting.data} />
        </Suspense>
      )}
      {placed.length === 0 ? (
        <EmptyState icon="pin" title={t("places_none")} />
      ) : (
        <ul className={styles.list} aria-label={t("places")}>
          {placed.map((row) => (
            <li key={row.id}>
              <p className={styles.address}>{row.place?.address || t("address_none")}</p>
              <p className={styles.line}>
                <Link href={`/reclamos/${row.folio}`}>{row.folio}</Link>
                <span>{row.category_name}</span>
                <StatusBadge status={row.status} />
                {row.clock !== "stopped" && <DeadlineBadge complaint={row} />}
              </p>
            </li>
          ))}
        </ul>
      )}
      {isSetting && <MapDialog setting={setting.data} onClose={() => setSetting(false)} />}
    </div>
  );
}

function MapDialog({ setting, onClose }: { setting: MapSetting; onClose: () => void }) {
  const t = useComplaintsTexts();
  const toast = useToast();
  const client = useQueryClient();
  const [url, setUrl] = useState(setting.tiles_url);
  const [attribution, setAttribution] = useState(setting.attribution);
  const save = useMutation({
    mutationFn: () =>
      read(complaints.PUT("/v1/map", { body: { tiles_url: url.trim(), attribution, max_zoom: setting.max_zoom } })),
    onSuccess: (saved) => {
      client.setQueryData(mapQuery.queryKey, saved);
      toast.done(t("map_saved"));
      onClose();
    },
  });
  return (
    <Dialog
      title={t("map_setting")}
      onClose={onClose}
      footer={
        <Button look="main" type="submit" form="map-form" busy={save.isPending}>
          {t("save")}
        </Button>
      }
    >
      <form
        id="map-form"
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <TextField label={t("map_url")} hint={t("map_url_hint")} value={url} maxLength={200} onChange={({ target }) => setUrl(target.value)} />
        <TextField label={t("map_attribution")} value={attribution} maxLength={200} onChange={({ target }) => setAttribution(target.value)} />
        {save.isError && <ErrorNotice error={save.error} />}
      </form>
    </Dialog>
  );
}
