import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { useDesk } from "./desk";
import { Icon } from "./icon";
import { Sheet } from "./sheet";
import { StartList, useReading } from "./start_list";
import { useHasWarehouse, WarehouseChoice } from "./warehouse_choice";

/** Which delivery is received: one that was announced, or one that was not. */
export function ReceiveStart() {
  const { terminal, view, say } = useDesk();
  const { deliveries, unannounced } = view;
  useReading(terminal.tallying.readDeliveries);
  const choices = (deliveries ?? []).map((one) => {
    const lines = say("delivery_lines", { count: one.lines });
    return {
      key: one.id,
      icon: "truck" as const,
      name: one.supplier || one.reference,
      details: one.supplier ? `${one.reference} · ${lines}` : lines,
      mark: one.isBegun ? (one.owner ? say("by", { owner: one.owner }) : say("begun")) : null,
      choose: () => void terminal.tallying.receive(one.id),
    };
  });
  return (
    <>
      <StartList
        title={say("deliveries", { count: deliveries?.length ?? "…" })}
        choices={choices}
      />
      {deliveries?.length === 0 && <p className="hint">{say("no_deliveries")}</p>}
      <Button
        size="xl"
        fullWidth
        variant="default"
        leftSection={<Icon name="plus" />}
        disabled={view.link !== "online"}
        onClick={() => terminal.tallying.setUnannounced("")}
      >
        {say("unannounced")}
      </Button>
      {/* another scan is another note */}
      {unannounced !== null && <Unannounced key={unannounced} scanned={unannounced} />}
    </>
  );
}

/** What stands on the paper that came with the goods. */
function Unannounced({ scanned }: { scanned: string }) {
  const { terminal, view, say } = useDesk();
  const [reference, setReference] = useState(scanned);
  const [supplier, setSupplier] = useState("");
  const hasWarehouse = useHasWarehouse();
  const isPossible = reference.trim() !== "" && hasWarehouse;
  return (
    <Sheet title={say("unannounced_title")} onClose={() => terminal.tallying.setUnannounced(null)}>
      <form
        className="start"
        onSubmit={(event) => {
          event.preventDefault();
          if (!isPossible) return;
          void terminal.tallying.receiveUnannounced(reference.trim(), supplier.trim());
        }}
      >
        <WarehouseChoice />
        <TextInput
          label={say("reference")}
          size="lg"
          autoComplete="off"
          maxLength={100}
          data-autofocus={scanned ? undefined : true}
          value={reference}
          onChange={(event) => setReference(event.currentTarget.value)}
        />
        <TextInput
          label={say("supplier")}
          size="lg"
          autoComplete="off"
          maxLength={200}
          value={supplier}
          onChange={(event) => setSupplier(event.currentTarget.value)}
        />
        <Button
          type="submit"
          size="xl"
          fullWidth
          disabled={!isPossible || view.link !== "online"}
          loading={view.isBusy}
        >
          {say("start_reception")}
        </Button>
      </form>
    </Sheet>
  );
}
