/** What the two kinds of work, picking and tallies, use of the terminal they are done at. */

import type { OperationMessage } from "../scan/protocol";
import type { Feedback, View } from "./view";

export interface Hands {
  view(): View;
  change(part: Partial<View>): void;
  /** Colour, sound and words for what came of what a person did. */
  tell(feedback: Omit<Feedback, "id">): void;
  /** Keep an operation and send it. */
  ask(message: OperationMessage): Promise<void>;
  /** Whether all that was done has been answered; where it has not, the person is told. */
  isSettled(): boolean;
  /** Remember what is open for the next page. */
  keepShown(): void;
  /** The name of this terminal. */
  name(): string;
}
