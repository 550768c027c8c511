import { Button, Radio, SegmentedControl } from "@mantine/core";
import { useState } from "react";
import type { Rest } from "../scan/protocol";
import { milli, quantityOf, readQuantity } from "../scan/quantities";
import type { Step } from "../scan/walk";
import { useDesk } from "./desk";
import { NumberPad } from "./number_pad";
import { Sheet } from "./sheet";

const REASONS = ["not_found", "damaged", "expired", "other"] as const;
type Reason = (typeof REASONS)[number];

/** Fewer are there than were ordered: how many are missing, why, and what becomes of the rest. */
export function ShortSheet({ step, onClose }: { step: Step; onClose: () => void }) {
  const { terminal, say, amount } = useDesk();
  // said again it is so much in all, so what was noted before is part of it
  const missing = milli(step.line.ordered) - milli(step.line.picked);
  const [typed, setTyped] = useState(amount(quantityOf(missing)));
  const [reason, setReason] = useState<Reason | null>(null);
  const [rest, setRest] = useState<Rest>("keep");
  const quantity = readQuantity(typed);
  const isPossible = quantity !== null && milli(quantity) <= missing;
  const save = () => {
    if (!quantity || !reason || !isPossible) return;
    void terminal.picking.short(step.line.line, quantity, reason, rest);
    onClose();
  };
  return (
    <Sheet title={say("short_title")} onClose={onClose}>
      <p className="hint">{step.line.name}</p>
      <NumberPad value={typed} label={say("short_quantity")} onChange={setTyped} onEnter={save} />
      <Radio.Group
        label={say("reason")}
        value={reason}
        onChange={(value) => setReason(REASONS.find((one) => one === value) ?? null)}
      >
        <div className="reasons">
          {REASONS.map((one) => (
            <Radio.Card key={one} value={one} p="sm">
              {say(`reason_${one}`)}
            </Radio.Card>
          ))}
        </div>
      </Radio.Group>
      <fieldset className="choice">
        <legend>{say("rest")}</legend>
        <SegmentedControl
          fullWidth
          size="md"
          value={rest}
          onChange={(value) => setRest(value === "release" ? "release" : "keep")}
          data={[
            { value: "keep", label: say("rest_keep") },
            { value: "release", label: say("rest_release") },
          ]}
        />
      </fieldset>
      <Button fullWidth size="xl" disabled={!isPossible || !reason} onClick={save}>
        {say("short_save")}
      </Button>
    </Sheet>
  );
}
