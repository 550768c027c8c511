import { Button } from "@mantine/core";
import { useState } from "react";
import { readQuantity } from "../scan/quantities";
import { useDesk } from "./desk";
import { NumberPad } from "./number_pad";
import { Sheet } from "./sheet";

/** How many the next scan counts. */
export function QuantitySheet({ onClose }: { onClose: () => void }) {
  const { terminal, say } = useDesk();
  const [typed, setTyped] = useState("");
  const quantity = readQuantity(typed);
  const apply = () => {
    terminal.setQuantity(quantity);
    onClose();
  };
  return (
    <Sheet title={say("quantity")} onClose={onClose}>
      <p className="hint">{say("quantity_hint")}</p>
      <NumberPad value={typed} label={say("quantity")} onChange={setTyped} />
      <Button fullWidth size="xl" disabled={!quantity} onClick={apply}>
        {say("apply")}
      </Button>
    </Sheet>
  );
}
