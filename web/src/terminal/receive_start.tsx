import { Button, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { useDesk } from "./desk";
import { Icon } from "./icon";
import type { Delivery } from "./known";
import { Sheet } from "./sheet";
import { useHasWarehouse, WarehouseChoice } from "./warehouse_choice";

const AGAIN_MS = 20_000;

/** Which delivery is received: one that was announced, or one that was not. */
export function ReceiveStart() {
  const { terminal, view, say } = useDesk();
  const { deliveries, hasDeliveriesTrouble, unannounced } = view;
  const isOnline = view.link === "online";

  useEffect(() => {
    if (!isOnline) return;
    const refresh = () => void terminal.tallying.refresh();
    refresh();
    const timer = setInterval(refresh, AGAIN_MS);
    return () => clearInterval(timer);
  }, [terminal, isOnline]);

  return (
    <>
      <section className="deliveries" aria-busy={deliveries === null}>
        <h2>{say("deliveries", { count: deliveries?.length ?? "…" })}</h2>
        {hasDeliveriesTrouble && <p className="trouble">{say("deliveries_trouble")}</p>}
        {deliveries?.length === 0 && <p className="hint">{say("no_deliveries")}</p>}
        <ul>
          {deliveries?.map((one) => (
            <li key={one.id}>
              <button
                type="button"
                disabled={!isOnline || view.isBusy}
                onClick={() => void terminal.tallying.receive(one.id)}
              >
                <DeliveryRow delivery={one} />
              </button>
            </li>
          ))}
        </ul>
      </section>
      <Button
        size="xl"
        fullWidth
        variant="default"
        leftSection={<Icon name="plus" />}
        disabled={!isOnline}
        onClick={() => terminal.tallying.setUnannounced("")}
      >
        {say("unannounced")}
      </Button>
      {/* another scan is another note */}
      {unannounced !== null && <Unannounced key={unannounced} scanned={unannounced} />}
    </>
  );
}

function DeliveryRow({ delivery }: { delivery: Delivery }) {
  const { say } = useDesk();
  const { reference, supplier, isBegun, owner, lines } = delivery;
  return (
    <>
      <Icon name="truck" size={32} />
      <span className="what">
        <b>{supplier || reference}</b>
        <small>
          {supplier && `${reference} · `}
          {say("delivery_lines", { count: lines })}
        </small>
      </span>
      {isBegun && <em className="mark">{owner ? say("by", { owner }) : say("delivery_begun")}</em>}
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
