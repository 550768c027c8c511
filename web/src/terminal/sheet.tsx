import { Drawer } from "@mantine/core";
import type { ReactNode } from "react";
import { useDesk } from "./desk";

/** A panel from the lower edge, where the thumb is. */
export function Sheet(props: { title: string; onClose: () => void; children: ReactNode }) {
  const { say } = useDesk();
  return (
    <Drawer
      opened
      onClose={props.onClose}
      position="bottom"
      size="auto"
      // locking writes a style element, which the page's policy forbids
      lockScroll={false}
      title={props.title}
      closeButtonProps={{ "aria-label": say("close"), size: 44 }}
      transitionProps={{ duration: 120 }}
      classNames={{ content: "sheet", title: "sheet-title" }}
    >
      {props.children}
    </Drawer>
  );
}
