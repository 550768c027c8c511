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
  astray: "M5 19 19 5M9 5h10v10",
  door: "M10 4H5v16h5M14 8l4 4-4 4M9 12h9",
  paper: "M6 3h9l4 4v14H6zM9 11h7M9 15h7",
  parts: "M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z",
  plus: "M12 5v14M5 12h14",
  shelf: "M4 4v16M20 4v16M4 11h16M4 18h16M8 6h5v5H8zM11 14h5v4h-5z",
  truck:
    "M2 6h12v10H2zM14 10h4l4 3v3h-8zM6 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM18 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
} as const;

export type IconName = keyof typeof ICON_PATHS;
