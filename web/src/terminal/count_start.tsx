import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { useDesk } from "./desk";
import { useHasWarehouse, WarehouseChoice } from "./warehouse_choice";

/** Which shelf is counted: its label is scanned, or its name typed. */
export function CountStart() {
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
