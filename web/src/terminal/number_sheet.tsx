import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import type { Asked } from "../scan/tracking";
import { useDesk } from "./desk";
import { Sheet } from "./sheet";

/**
 * Asks for the serial or lot number of goods that were just scanned. The next scan is the number;
 * no field has the focus, so that it is heard as a scan.
 */
export function NumberSheet({ asked }: { asked: Asked }) {
  const { terminal, view, say } = useDesk();
  const [typed, setTyped] = useState("");
  const isRefused = view.feedback?.kind === "serial_used";
  return (
    <Sheet title={say(`feedback_${asked.tracking}_needed`)} onClose={() => terminal.numbers.drop()}>
      <p className="hint">{asked.name || asked.code}</p>
      <p role="alert" className="trouble">
        {isRefused && say("feedback_serial_used")}
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void terminal.read(typed, event.timeStamp);
          setTyped("");
        }}
      >
        <TextInput
          label={say(`number_${asked.tracking}`)}
          size="xl"
          autoCapitalize="characters"
          autoComplete="off"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Button fullWidth size="xl" mt="md" type="submit" disabled={!typed.trim()}>
          {say("send")}
        </Button>
      </form>
    </Sheet>
  );
}
