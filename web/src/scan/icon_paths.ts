/** Lines of the icons, in a square of 24. */
export const ICON_PATHS = {
  alert: "M12 4 2.5 20h19zM12 10v4M12 17v.01",
  box: "M4 8l8-4 8 4v9l-8 4-8-4zM4 8l8 4 8-4M12 12v9",
  camera: "M4 8h3l2-3h6l2 3h3v11H4zM12 10a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7z",
  check: "M5 12.5l5 5L20 7",
  cross: "M6 6l12 12M18 6L6 18",
  dots: "M5 12v.01M12 12v.01M19 12v.01",
  half: "M12 3a9 9 0 1 0 0 18zM12 3a9 9 0 0 1 0 18",
  hash: "M9 4 7 20M17 4l-2 16M4 9h17M3 15h17",
  kept: "M12 4v11M7 10l5 5 5-5M5 20h14",
  keyboard: "M3 6h18v12H3zM7 10v.01M11 10v.01M15 10v.01M8 14h8",
  later: "M5 5l7 7-7 7M13 5l7 7-7 7",
  no_link:
    "M4 4l16 16M5 12a10 10 0 0 1 4-2.4M19 12a10 10 0 0 0-4.5-2.6M9 16a5 5 0 0 1 6 0M12 20v.01",
  nothing: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM8 12h8",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c1-4 4-6 8-6s7 2 8 6",
  put_back: "M20 5v7a3 3 0 0 1-3 3H5M9 10l-5 5 5 5",
  question: "M8 9a4 4 0 1 1 5.5 3.7c-1 .5-1.5 1.2-1.5 2.3M12 19v.01",
  repeat: "M5 9h14M5 15h14",
  sent: "M12 16V5M7 10l5-5 5 5M5 20h14",
  settings: "M4 7h9M18 7h2M15 4.5v5M4 17h3M12 17h8M9 14.5v5",
  star: "M12 3l2.8 5.8 6.2.9-4.5 4.5 1 6.3-5.5-3-5.5 3 1-6.3L3 9.7l6.2-.9z",
  stop: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM6 6l12 12",
  swap: "M4 8h15l-4-4M20 16H5l4 4",
  undo: "M9 14 4 9l5-5M4 9h10a6 6 0 0 1 0 12h-3",
} as const;

export type IconName = keyof typeof ICON_PATHS;
