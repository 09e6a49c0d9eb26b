// Centroids that stay, for colours that the palette must hold, as kalette.clustering.pinned has them.

import { squaredDistance } from "./lloyd.js";

/** Return a start (k x 3) in which each pinned point (m x 3) replaces the centroid nearest to it; pinned ones come first. */
export function withPinnedFirst(pinned, start) {
  const free = new Set(Array.from({ length: start.length / 3 }, (_, j) => j));
  for (let at = 0; at < pinned.length; at += 3) free.delete(nearestOf(free, start, pinned, at));
  return Float64Array.from([...pinned, ...start.filter((_, i) => free.has(Math.trunc(i / 3)))]);
}

function nearestOf(places, centroids, points, at) {
  let [found, least] = [-1, Infinity];
  for (const j of places) {
    const distance = squaredDistance(centroids, 3 * j, points, at);
    if (distance < least) [found, least] = [j, distance];
  }
  return found;
}
