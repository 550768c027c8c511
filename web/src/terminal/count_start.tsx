import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { useDesk } from "./desk";
import { StartList, useReading } from "./start_list";
import { useHasWarehouse, WarehouseChoice } from "./warehouse_choice";

/** Which shelf is counted: one that was begun and left, or one that is scanned or typed. */
export function CountStart() {
  const { terminal, view, say } = useDesk();
  useReading(terminal.tallying.readShelves);
  const choices = (view.shelves ?? []).map(({ id, location, warehouse, owner, lines }) => ({
    key: id,
    icon: "shelf" as const,
    name: location,
    details: say("delivery_lines", { count: lines }),
    mark: owner ? say("by", { owner }) : say("begun"),
    choose: () => void terminal.tallying.count(location, warehouse),
  }));
  return (
    <>
      <CountForm />
      {choices.length > 0 && <StartList title={say("begun_shelves")} choices={choices} />}
    </>
  );
}

function CountForm() {
  const { terminal, view, say } = useDesk();
  const [location, setLocation] = useState("");
  const hasWarehouse = useHasWarehouse();
  const place = location.trim();
  return (
    <form
      className="start"
      onSubmit={(event) => {
        event.preventDefault();
        if (place && hasWarehouse) void terminal.tallying.count(place);
      }}
    >
      <WarehouseChoice />
      <TextInput
        label={say("location")}
        size="xl"
        autoCapitalize="characters"
        autoComplete="off"
        maxLength={100}
        value={location}
        onChange={(event) => setLocation(event.currentTarget.value)}
      />
      <Button
        type="submit"
        size="xl"
        fullWidth
        disabled={!place || !hasWarehouse || view.link !== "online"}
        loading={view.isBusy}
      >
        {say("start_count")}
      </Button>
    </form>
  );
}
