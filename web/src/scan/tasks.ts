/** What a person is about to do: while nothing is open, a scan is an order, a note or a shelf. */
export const TASKS = ["pick", "receive", "count"] as const;
export type Task = (typeof TASKS)[number];
