import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { useDesk } from "./desk";
import { Sheet } from "./sheet";

/** For labels that no device can read any more. */
export function CodeSheet({ onClose }: { onClose: () => void }) {
  const { terminal, say } = useDesk();
  const [code, setCode] = useState("");
  return (
    <Sheet title={say("type_code")} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void terminal.read(code, event.timeStamp);
          onClose();
        }}
      >
        <TextInput
          label={say("code")}
          size="xl"
          autoCapitalize="characters"
          autoComplete="off"
          data-autofocus
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <Button fullWidth size="xl" mt="md" type="submit" disabled={!code.trim()}>
          {say("send")}
        </Button>
      </form>
    </Sheet>
  );
}
