import styles from "./scenes.module.css";

const CAPS = [
  "M600 230 648 250 626 254 608 244 594 262 584 247 571 250Z",
  "M740 190 790 215 770 223 752 212 738 230 724 211 709 215Z",
  "M860 150 905 180 890 190 872 178 858 198 846 179 828 180Z",
  "M960 110 1010 150 1000 164 982 150 966 174 950 149 929 150Z",
  "M1110 60 1160 110 1172 130 1146 120 1128 150 1108 124 1088 142 1063 110Z",
  "M1300 130 1346 170 1326 167 1308 190 1290 162 1262 164 1250 150Z",
  "M1424 166 1466 196 1442 195 1424 212 1408 187 1384 183Z",
  "M330 240 366 259 346 262 328 276 316 258 304 258Z",
];

const SHADES = [
  "M1110 60 1160 110 1190 95 1250 150 1262 250 1200 232 1176 270 1140 200 1150 160 1122 130Z",
  "M960 110 1010 150 1040 135 1060 190 1030 236 996 214 1000 180 972 158Z",
  "M860 150 905 180 930 222 900 250 884 214 866 204Z",
  "M1300 130 1370 190 1420 167 1440 232 1380 250 1344 226 1330 188Z",
  "M740 190 790 215 822 244 790 272 766 244Z",
  "M600 230 660 255 690 276 650 292 622 270Z",
  "M1424 166 1500 225 1520 262 1470 262 1446 226Z",
  "M200 262 260 285 284 300 240 306Z",
];

const POPLARS = [
  [96, 452, 1.25],
  [132, 450, 1.15],
  [167, 447, 1.2],
  [200, 445, 1.05],
  [231, 443, 1.1],
  [260, 441, 0.95],
  [287, 440, 1],
  [312, 438, 0.85],
  [1010, 434, 0.62],
  [1028, 434, 0.7],
  [1046, 435, 0.6],
  [1500, 462, 1.2],
  [1538, 466, 1.35],
  [1578, 470, 1.25],
] as const;

const HOUSES = [
  [1186, 424, 34],
  [1226, 418, 40],
  [1332, 420, 44],
  [1384, 428, 38],
  [1138, 430, 30],
  [1430, 434, 34],
] as const;

/** Morning over a valley of the central zone: cordillera, poplars, vineyards and the village. */
export default function ValleyScene() {
  return (
    <>
      <circle className={styles.halo} cx="1215" cy="96" r="120" />
      <circle className={styles.sun} cx="1215" cy="96" r="52" />
      <path
        className={styles.far}
        d="M0 330 60 300 120 315 200 262 260 285 330 240 390 270 450 250 520 285 600 230 660 255 740 190 790 215 860 150 905 180 960 110 1010 150 1040 135 1110 60 1160 110 1190 95 1250 150 1300 130 1370 190 1424 166 1500 225 1560 200 1600 220V560H0Z"
      />
      {SHADES.map((d) => (
        <path key={d} className={styles.farShade} d={d} />
      ))}
      {CAPS.map((d) => (
        <path key={d} className={styles.snow} d={d} />
      ))}
      <path
        className={styles.mid}
        d="M0 372C110 330 210 352 330 337S520 302 640 326 850 290 980 306 1160 262 1290 290 1490 282 1600 300V560H0Z"
      />
      <path
        className={styles.midShade}
        d="M0 402C150 360 260 372 400 368S640 350 760 362 1000 330 1130 346 1420 318 1600 344V560H0Z"
      />
      <path className={styles.hillBack} d="M1600 378C1480 352 1380 384 1260 398S980 424 860 418 700 430 600 440V560H1600Z" />
      <path className={styles.hillFront} d="M0 414C140 372 300 384 430 410S700 442 860 428V560H0Z" />
      <path className={styles.floor} d="M0 456C300 424 600 432 800 438S1300 420 1600 444V560H0Z" />
      <path className={styles.row} d="M700 438 0 494V520L724 440ZM748 441 0 548V560H80L762 442ZM778 443 200 560H330L790 444Z" />
      <path className={styles.rowGold} d="M930 438 1600 478V504L912 440ZM896 442 1600 534V560H1560L884 444Z" />
      <path className={styles.row} d="M876 446 1470 560H1340L868 448Z" />
      <path
        className={styles.river}
        d="M812 435C842 446 770 455 806 470 862 492 1000 500 968 560H1128C1130 508 940 486 878 467 836 453 864 445 824 435Z"
      />
      <path className={styles.church} d="M1276 428V372H1304V428ZM1304 428V394H1346V428Z" />
      <path className={styles.roof} d="M1272 373 1290 336 1308 373ZM1300 396 1325 378 1350 396Z" />
      <path className={styles.window} d="M1286 384h8v14h-8Z" />
      {HOUSES.map(([x, y, width]) => (
        <g key={x}>
          <path className={styles.house} d={`M${x} ${y}h${width}v18h-${width}Z`} />
          <path className={styles.roof} d={`M${x - 4} ${y}l${width / 2 + 4}-15 ${width / 2 + 4} 15Z`} />
          <path className={styles.window} d={`M${x + width / 2 - 3} ${y + 5}h6v7h-6Z`} />
        </g>
      ))}
      {POPLARS.map(([x, y, scale]) => (
        <g key={x} transform={`translate(${x} ${y}) scale(${scale})`}>
          <path className={styles.trunk} d="M-1.5-8h3v12h-3Z" />
          <path className={styles.poplar} d="M0-92C10-66 12-34 8-14 5-4-5-4-8-14-12-34-10-66 0-92Z" />
          <path className={styles.poplarLight} d="M0-92C10-66 12-34 8-14 5-6 2-6 1-10 5-40 4-66 0-92Z" />
        </g>
      ))}
    </>
  );
}
