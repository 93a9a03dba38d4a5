import styles from "./scenes.module.css";

const CAPS = [
  "M70 268 112 292 96 296 80 290 66 304 52 288 34 290Z",
  "M236 250 286 282 262 284 244 276 226 292 210 274 196 276Z",
  "M470 262 514 288 496 290 476 282 460 294 446 284 432 284Z",
  "M690 246 744 280 720 282 700 272 680 292 664 272 646 274Z",
  "M905 258 952 286 932 288 912 280 894 294 880 282 866 282Z",
];

const WIND = [
  "M840 152C920 136 1000 168 1080 148s110-14 136 2",
  "M900 74C1040 48 1130 92 1270 66s210-18 240 14c12 22-22 32-32 12",
  "M1180 150c110-18 180 12 300-10",
];

const HOUSES = [
  [1372, 352, 54, "b"],
  [1436, 344, 60, "a"],
  [1508, 352, 50, "c"],
  [1330, 366, 34, "c"],
  [1566, 356, 44, "b"],
] as const;

/** The strait on a windy day: light, lighthouse, painted zinc houses and a tree that shows where the wind comes from. */
export default function StraitScene() {
  return (
    <>
      <linearGradient id="beam" x1="1" x2="0">
        <stop className={styles.beamNear} />
        <stop className={styles.beamFar} offset="1" />
      </linearGradient>
      <circle className={styles.halo} cx="1010" cy="236" r="120" />
      <circle className={styles.sun} cx="1010" cy="236" r="44" />
      {WIND.map((d) => (
        <path key={d} className={styles.wind} d={d} />
      ))}
      <path className={styles.cloud} d="M1290 190c44-26 150-26 214-4-64 8-150 12-214 4ZM760 118c40-24 190-26 250-2-70 10-190 12-250 2Z" />
      <path
        className={styles.far}
        d="M0 300 70 268 130 302 180 284 236 250 300 290 360 302 420 288 470 262 540 300 610 290 690 246 770 296 840 288 905 258 980 300 1060 290 1140 304 1230 276 1300 302 1390 282 1470 304 1540 290 1600 300V400H0Z"
      />
      {CAPS.map((d) => (
        <path key={d} className={styles.snow} d={d} />
      ))}
      <path className={styles.sea1} d="M0 330H1600V560H0Z" />
      <path className={styles.glint} d="M930 342h170M960 354h110M900 366h220M980 378h80M940 392h150" />
      <path
        className={styles.sea2}
        d="M0 392C60 378 120 378 180 392S300 406 360 392 480 378 540 392 660 406 720 392 840 378 900 392 1020 406 1080 392 1200 378 1260 392 1380 406 1440 392 1540 382 1600 392V560H0Z"
      />
      <g className={styles.boat}>
        <path className={styles.hull} d="M640 398h112l-18 26h-78Z" />
        <path className={styles.cabin} d="M668 376h40v22h-40Z" />
        <path className={styles.mast} d="M722 398V340M722 344l-44 32M722 352l26 44" />
        <path className={styles.window} d="M676 382h9v9h-9ZM692 382h9v9h-9Z" />
      </g>
      <path
        className={styles.sea3}
        d="M0 440C80 424 150 424 220 440S360 456 430 440 570 424 640 440 780 456 850 440 990 424 1060 440 1200 456 1270 440 1410 424 1480 440 1560 446 1600 440V560H0Z"
      />
      <path className={styles.foam} d="M110 432c24-8 60-8 84 0M520 434c24-8 60-8 84 0M780 398c20-7 48-7 68 0M300 404c20-7 48-7 68 0M930 436c24-8 60-8 84 0" />
      <path
        className={styles.headlandBack}
        d="M1080 476C1140 430 1180 400 1240 384S1360 372 1420 366 1540 370 1600 366V560H1040C1050 520 1060 500 1080 476Z"
      />
      {HOUSES.map(([x, y, width, paint]) => (
        <g key={x}>
          <path className={styles.painted} data-paint={paint} d={`M${x} ${y}h${width}v26h-${width}Z`} />
          <path className={styles.zinc} d={`M${x - 4} ${y}l${width / 2 + 4}-20 ${width / 2 + 4} 20Z`} />
          <path className={styles.window} d={`M${x + width * 0.22} ${y + 8}h8v9h-8ZM${x + width * 0.6} ${y + 8}h8v9h-8Z`} />
        </g>
      ))}
      <path className={styles.beam} d="M1238 214 700 150V236Z" />
      <path className={styles.tower} d="M1222 232h32l12 156h-56Z" />
      <path className={styles.stripe} d="M1219.5 262h37l2.6 34h-42.200ZM1214.3 330h47.400l2.6 34h-52.600Z" />
      <path className={styles.lantern} d="M1226 206h24v26h-24Z" />
      <path className={styles.stripe} d="M1222 206 1238 188 1254 206ZM1216 230h44v6h-44Z" />
      <path
        className={styles.headland}
        d="M1010 560C1040 520 1120 470 1190 446S1330 412 1420 408 1550 414 1600 410V560Z"
      />
      <path className={styles.headland} d="M0 484C70 470 150 474 220 494S350 540 400 560H0Z" />
      <path className={styles.trunkBent} d="M96 490C104 460 98 432 122 402" />
      <path
        className={styles.crown}
        d="M104 418C112 388 150 372 196 372 250 370 300 380 352 366 330 392 292 404 250 406 278 410 300 410 322 406 290 430 230 434 190 424 160 434 122 438 104 418Z"
      />
      <path className={styles.grass} d="M30 486c8-10 20-16 34-18M60 484c8-10 22-16 38-18M150 484c10-10 24-15 40-16M190 492c10-10 24-15 40-16M1150 470c10-10 24-15 40-16M1330 424c10-10 24-15 40-16M1490 422c10-10 24-15 40-16" />
    </>
  );
}
