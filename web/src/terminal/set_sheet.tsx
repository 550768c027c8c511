import { Button } from "@mantine/core";
import { useState } from "react";
import { readCount } from "../scan/quantities";
import type { TallyLine } from "../scan/tally";
import { isTracked } from "../scan/tracking";
import { useDesk } from "./desk";
import { NumberPad } from "./number_pad";
import { Sheet } from "./sheet";

/** How many there are of a line in all. */
export function SetSheet({ line, onClose }: { line: TallyLine; onClose: () => void }) {
  const { terminal, say } = useDesk();
  const [typed, setTyped] = useState("");
  const quantity = readCount(typed);
  // each piece of these is scanned with its number
  const hasNumbers = isTracked(line.tracking);
  const isRefused = quantity === null || (hasNumbers && quantity !== "0");
  const apply = () => {
    if (quantity === null || isRefused) return;
    void terminal.tallying.set(line.line, quantity);
    onClose();
  };
  return (
    <Sheet title={line.name} onClose={onClose}>
      <p className="hint">{say(hasNumbers ? "set_tracked_hint" : "set_hint")}</p>
      <NumberPad value={typed} label={say("set_quantity")} onChange={setTyped} onEnter={apply} />
      <Button fullWidth size="xl" disabled={isRefused} onClick={apply}>
        {say("apply")}
      </Button>
    </Sheet>
  );
}
