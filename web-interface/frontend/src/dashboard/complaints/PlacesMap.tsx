import "leaflet/dist/leaflet.css";
import { circleMarker, featureGroup, map as createMap, tileLayer } from "leaflet";
import { useEffect, useRef } from "react";
import { useLocation } from "wouter";
import type { Tone } from "../ui/Badge";
import { useFormats } from "../ui/format";
import type { MapSetting, Summary } from "./data";
import { deadlineOf } from "./deadline";
import styles from "./Places.module.css";
import { useComplaintsTexts } from "./texts";

const INK: Record<Tone, string> = {
  error: "--error-ink",
  alert: "--alert-ink",
  note: "--note-ink",
  done: "--done-ink",
  info: "--info-ink",
  plain: "--ink-soft",
};

/** Points on the office's own tiles. The list below the map says the same in words, so this needs no keyboard. */
export default function PlacesMap({ rows, setting }: { rows: readonly Summary[]; setting: MapSetting }) {
  const t = useComplaintsTexts();
  const formats = useFormats();
  const [, go] = useLocation();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    // With its keyboard Leaflet takes the focus at each press of the mouse: the page scrolls under the pointer, and the click
    // on a point is lost.
    const shown = createMap(element, { maxZoom: setting.max_zoom, attributionControl: false, keyboard: false });
    const today = formats.dayKey(Date.now());
    const points = rows.map((row) => {
      const colour = `var(${INK[deadlineOf(row, today).tone]})`;
      const point = circleMarker([row.place!.latitude!, row.place!.longitude!], {
        radius: 9,
        color: colour,
        fillColor: colour,
        fillOpacity: 0.65,
      });
      point.bindTooltip(() => {
        const words = document.createElement("span");
        words.textContent = `${row.folio} · ${row.category_name} · ${t(`status_${row.status}`)}`;
        return words;
      });
      return point.on("click", () => go(`/reclamos/${row.folio}`));
    });
    shown.fitBounds(featureGroup(points).addTo(shown).getBounds().pad(0.15), { maxZoom: 16 });
    tileLayer(setting.tiles_url, { maxZoom: setting.max_zoom }).addTo(shown);
    return () => void shown.remove();
  }, [rows, setting, formats, go, t]);
  return (
    <div>
      <div ref={box} className={styles.map} role="region" aria-label={t("map_label")} />
      {setting.attribution && <p className={styles.credit}>{setting.attribution}</p>}
    </div>
  );
}
