import { useEffect, useState } from "react";
import GridLayout, { useContainerWidth } from "react-grid-layout";
import "react-grid-layout/css/styles.css";
import type { Tile } from "@/api";
import styles from "./boards.module.css";
import { BoardTile } from "./BoardTile";
import { COLUMNS, GAP, heightOf, inOrder, moved, placed, ROW } from "./layout";

const NARROW = 720;

interface Props {
  tiles: Tile[];
  arranging: boolean;
  change?: (tiles: Tile[]) => void;
  remove?: (tile: Tile) => void;
}

/** Tiles on a grid of twelve columns; on a phone one below the other. */
export function BoardGrid({ tiles, arranging, change, remove }: Props) {
  const { width, containerRef, mounted } = useContainerWidth();
  const narrow = useNarrow();
  const replace = (next: Tile) => change?.(tiles.map((tile) => (tile.id === next.id ? next : tile)));
  const tileOf = (tile: Tile) => (
    <BoardTile
      tile={tile}
      arranging={arranging && !narrow}
      replace={change && replace}
      remove={remove && (() => remove(tile))}
    />
  );
  if (narrow) {
    return (
      <div className={styles.column}>
        {inOrder(tiles).map((tile) => (
          <div key={tile.id} style={{ height: Math.min(heightOf(tile.h), 420) }}>
            {tileOf(tile)}
          </div>
        ))}
      </div>
    );
  }
  return (
    <div ref={containerRef} className={arranging ? `${styles.grid} ${styles.arranging}` : styles.grid}>
      {mounted && (
        <GridLayout
          width={width}
          layout={placed(tiles)}
          gridConfig={{ cols: COLUMNS, rowHeight: ROW, margin: [32, GAP], containerPadding: [0, 0] }}
          dragConfig={{ enabled: arranging, handle: ".board-handle" }}
          resizeConfig={{ enabled: arranging, handles: ["se"] }}
          onDragStop={(layout) => change?.(moved(tiles, layout))}
          onResizeStop={(layout) => change?.(moved(tiles, layout))}
        >
          {tiles.map((tile) => (
            <div key={tile.id}>{tileOf(tile)}</div>
          ))}
        </GridLayout>
      )}
    </div>
  );
}

function useNarrow(): boolean {
  const [narrow, setNarrow] = useState(() => window.innerWidth < NARROW);
  useEffect(() => {
    const measure = () => setNarrow(window.innerWidth < NARROW);
    window.addEventListener("resize", measure);
    return () => window.removeEventListener("resize", measure);
  }, []);
  return narrow;
}
