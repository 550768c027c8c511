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
    if (!quantity) return;
    terminal.setQuantity(quantity);
    onClose();
  };
  return (
    <Sheet title={say("quantity")} onClose={onClose}>
      <p className="hint">{say("quantity_hint")}</p>
      <NumberPad value={typed} label={say("quantity")} onChange={setTyped} onEnter={apply} />
      <Button fullWidth size="xl" disabled={!quantity} onClick={apply}>
        {say("apply")}
      </Button>
    </Sheet>
  );
}

/** Says that the next scan counts more than one, as long as it does. */
export function NextQuantity() {
  const { terminal, view, say, amount } = useDesk();
  if (!view.quantity) return null;
  return (
    <p className="next-quantity">
      {say("quantity_next", { quantity: amount(view.quantity) })}
      <Button variant="subtle" onClick={() => terminal.setQuantity(null)}>
        {say("cancel")}
      </Button>
    </p>
  );
}
