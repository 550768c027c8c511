import { Button, Modal } from "@mantine/core";
import type { ReactNode } from "react";
import { useDesk } from "./desk";
import { useFocusBack } from "./sheet";

/** Questions and news that cannot wait: what is wanted is somebody else's, or has become it. */
export function Dialogs() {
  const { terminal, view, say } = useDesk();
  if (view.lost) {
    const { what, to } = view.lost;
    return (
      <Dialog
        title={say(`lost_${what}`, { to: to || say("somebody") })}
        onClose={() => terminal.noteLost()}
      >
        <div className="menu">
          <p>{say("lost_text")}</p>
          <Button size="xl" fullWidth onClick={() => terminal.noteLost()}>
            {say("understood")}
          </Button>
        </div>
      </Dialog>
    );
  }
  if (!view.offer) return null;
  const { what, name, owner } = view.offer;
  return (
    <Dialog
      title={say(`taken_${what}`, { name, owner: owner ?? say("somebody") })}
      onClose={() => terminal.refuseOffer()}
    >
      <div className="menu">
        <Button size="xl" fullWidth onClick={() => void terminal.takeOver()}>
          {say("take_over")}
        </Button>
        <Button size="xl" fullWidth variant="default" onClick={() => terminal.refuseOffer()}>
          {say("cancel")}
        </Button>
      </div>
    </Dialog>
  );
}

function Dialog(props: { title: string; onClose: () => void; children: ReactNode }) {
  const { say } = useDesk();
  useFocusBack();
  return (
    <Modal
      opened
      centered
      lockScroll={false}
      onClose={props.onClose}
      title={props.title}
      closeButtonProps={{ "aria-label": say("close"), size: 44 }}
      classNames={{ title: "sheet-title" }}
    >
      {props.children}
    </Modal>
  );
}
