import { NativeSelect } from "@mantine/core";
import { useDesk } from "./desk";

/** Where the goods are, where there is more than one place for them. It is remembered. */
export function WarehouseChoice() {
  const { preferences, preferred, view, say } = useDesk();
  const { warehouses } = view.known;
  if (warehouses.length < 2) return null;
  return (
    <NativeSelect
      size="lg"
      label={say("warehouse")}
      value={preferred.warehouse}
      onChange={(event) => preferences.set({ warehouse: event.currentTarget.value })}
      data={[
        { value: "", label: "–" },
        ...warehouses.map(({ code, name }) => ({ value: code, label: name })),
      ]}
    />
  );
}

/** Whether it is known where: there is no choice, or one was chosen. */
export function useHasWarehouse(): boolean {
  const { preferred, view } = useDesk();
  const { warehouses } = view.known;
  return warehouses.length < 2 || warehouses.some(({ code }) => code === preferred.warehouse);
}
