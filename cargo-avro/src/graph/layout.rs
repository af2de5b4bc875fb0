//! Where the boxes and arrows of a graph are: users left of what they use, the same for the same graph.
//!
//! What hangs together is laid out in layers (after Sugiyama): edges that close a circle are turned round, each box
//! comes right of all its users, edges over several layers get a lane of their own in between, and neighbors pull each
//! other to the same height. The parts are then set into rows.

use std::collections::BTreeMap;

/// Between two layers, which is where arrows run.
const LAYER_GAP: i64 = 72;
/// Between two boxes of a layer, and between an edge that passes and a box.
const BOX_GAP: i64 = 14;
/// Between two parts that have nothing to do with each other.
const PART_GAP: i64 = 28;
/// Parts are set side by side up to this width, unless one is wider by itself.
const ROW_WIDTH: i64 = 1100;
/// How often neighbors are sorted and pulled; more changes little.
const SWEEPS: usize = 8;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Point {
    pub(crate) x: i64,
    pub(crate) y: i64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) width: i64,
    pub(crate) height: i64,
}

pub(crate) struct Layout {
    pub(crate) size: Size,
    /// The upper left corner of each box.
    pub(crate) corners: Vec<Point>,
    /// The points of each edge, from the user to what it uses. Between the first two, the next two and so on it crosses
    /// a gap, and in between it is straight. Nothing for an edge from a box to itself.
    pub(crate) routes: Vec<Vec<Point>>,
}

/// Lays out boxes of these sizes, with edges between their indexes.
pub(crate) fn layout(sizes: &[Size], edges: &[(usize, usize)]) -> Layout {
    let mut parts: Vec<(Vec<usize>, Part)> = connected(sizes.len(), edges)
        .into_iter()
        .map(|boxes| (boxes.clone(), Part::new(&boxes, sizes, edges)))
        .collect();
    // Stable: parts of the same height stay in the order of their first boxes.
    parts.sort_by_key(|(_, part)| std::cmp::Reverse(part.size.height));
    let row_width = parts.iter().map(|(_, part)| part.size.width).fold(ROW_WIDTH, i64::max);
    let mut whole = Layout {
        size: Size::default(),
        corners: vec![Point::default(); sizes.len()],
        routes: vec![Vec::new(); edges.len()],
    };
    let (mut corner, mut row_height) = (Point::default(), 0);
    for (boxes, part) in parts {
        if corner.x > 0 && corner.x + part.size.width > row_width {
            corner = Point { x: 0, y: corner.y + row_height + PART_GAP };
            row_height = 0;
        }
        let moved = |point: Point| Point { x: corner.x + point.x, y: corner.y + point.y };
        for (index, at) in boxes.into_iter().zip(part.corners) {
            whole.corners[index] = moved(at);
        }
        for (index, route) in part.routes {
            whole.routes[index] = route.into_iter().map(moved).collect();
        }
        row_height = row_height.max(part.size.height);
        whole.size.width = whole.size.width.max(corner.x + part.size.width);
        whole.size.height = whole.size.height.max(corner.y + part.size.height);
        corner.x += part.size.width + PART_GAP;
    }
    whole
}

/// The boxes that hang together, each list sorted, in the order of their first boxes.
fn connected(count: usize, edges: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let mut both_ways = vec![Vec::new(); count];
    for &(user, used) in edges {
        both_ways[user].push(used);
        both_ways[used].push(user);
    }
    // Boxes that reach each other are one strongly connected component.
    let component = avro_model::components(&both_ways);
    let mut parts: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, component) in component.into_iter().enumerate() {
        parts.entry(component).or_default().push(index);
    }
    let mut parts: Vec<Vec<usize>> = parts.into_values().collect();
    parts.sort();
    parts
}

/// Boxes that hang together.
struct Part {
    size: Size,
    corners: Vec<Point>,
    /// By the index of the edge.
    routes: Vec<(usize, Vec<Point>)>,
}

/// What has a place in a layer: a box, or an edge that passes.
struct Cell {
    /// Which layer.
    layer: usize,
    size: Size,
    /// The cells to the left and to the right that it is connected with.
    left: Vec<usize>,
    right: Vec<usize>,
    /// Its middle.
    y: i64,
}

impl Part {
    fn new(boxes: &[usize], sizes: &[Size], edges: &[(usize, usize)]) -> Part {
        let local: BTreeMap<usize, usize> = boxes.iter().enumerate().map(|(local, index)| (*index, local)).collect();
        let inner: Vec<(usize, usize, usize)> = edges
            .iter()
            .enumerate()
            .filter(|(_, (user, used))| user != used)
            .filter_map(|(index, (user, used))| Some((index, *local.get(user)?, *local.get(used)?)))
            .collect();
        let order = depth_first(boxes.len(), &inner);
        let mut position = vec![0; boxes.len()];
        order.iter().enumerate().for_each(|(at, index)| position[*index] = at);
        // An edge against the order closes a circle: it is laid out the other way round.
        let forward: Vec<(usize, usize)> = inner
            .iter()
            .map(|&(_, user, used)| if position[user] < position[used] { (user, used) } else { (used, user) })
            .collect();
        let layer = layers(&order, &forward);
        let mut cells: Vec<Cell> = boxes
            .iter()
            .zip(&layer)
            .map(|(index, layer)| Cell { layer: *layer, size: sizes[*index], left: vec![], right: vec![], y: 0 })
            .collect();
        let lanes: Vec<Vec<usize>> = forward.iter().map(|&(from, to)| connect(&mut cells, from, to)).collect();
        let rows = placed(&mut cells, &order);

        let top = cells.iter().map(|cell| cell.y - cell.size.height / 2).min().unwrap_or(0);
        let height = cells.iter().map(|cell| cell.y - top + (cell.size.height + 1) / 2).max().unwrap_or(0);
        let mut columns = Vec::with_capacity(rows.len());
        let mut right = 0;
        for row in &rows {
            let width = row.iter().map(|cell| cells[*cell].size.width).max().unwrap_or(0);
            columns.push((right, width));
            right += width + LAYER_GAP;
        }
        let corner = |cell: &Cell| Point { x: columns[cell.layer].0, y: cell.y - top - cell.size.height / 2 };
        let corners = cells.iter().take(boxes.len()).map(corner).collect();
        let routes = inner.iter().zip(&forward).zip(&lanes).map(|((&(index, user, _), &(from, to)), lane)| {
            let side = |cell: usize| {
                let (x, width) = columns[cells[cell].layer];
                // A box may be narrower than its layer; an edge that passes is as wide.
                let width = if cell < boxes.len() { cells[cell].size.width } else { width };
                (x, x + width, cells[cell].y - top)
            };
            let (_, x, y) = side(from);
            let mut route = vec![Point { x, y }];
            for &cell in lane {
                let (start, end, y) = side(cell);
                route.extend([Point { x: start, y }, Point { x: end, y }]);
            }
            let (x, _, y) = side(to);
            route.push(Point { x, y });
            if user != from {
                route.reverse();
            }
            (index, route)
        });
        let size = Size { width: right - LAYER_GAP, height };
        Part { size, corners, routes: routes.collect() }
    }
}

/// The boxes in an order in which users come before what they use, as far as there is no circle: depth first, from
/// those that nobody uses.
fn depth_first(count: usize, edges: &[(usize, usize, usize)]) -> Vec<usize> {
    let mut targets = vec![Vec::new(); count];
    let mut is_used = vec![false; count];
    for &(_, user, used) in edges {
        targets[user].push(used);
        is_used[used] = true;
    }
    let mut seen = vec![false; count];
    let mut done = Vec::with_capacity(count);
    let roots = (0..count).filter(|index| !is_used[*index]).chain((0..count).filter(|index| is_used[*index]));
    for root in roots {
        // A chain of types may be longer than the stack is deep.
        let mut path = Vec::new();
        if !std::mem::replace(&mut seen[root], true) {
            path.push((root, 0));
        }
        while let Some((index, next)) = path.pop() {
            match targets[index].get(next) {
                Some(&target) => {
                    path.push((index, next + 1));
                    if !std::mem::replace(&mut seen[target], true) {
                        path.push((target, 0));
                    }
                }
                None => done.push(index),
            }
        }
    }
    done.reverse();
    done
}

/// The layer of each box: right of all its users. What nobody uses comes as close as possible to what it uses.
fn layers(order: &[usize], edges: &[(usize, usize)]) -> Vec<usize> {
    let mut targets = vec![Vec::new(); order.len()];
    let mut has_user = vec![false; order.len()];
    for &(from, to) in edges {
        targets[from].push(to);
        has_user[to] = true;
    }
    let mut layer = vec![0_usize; order.len()];
    for &index in order {
        for &target in &targets[index] {
            layer[target] = layer[target].max(layer[index] + 1);
        }
    }
    for index in (0..order.len()).filter(|index| !has_user[*index]) {
        let nearest = targets[index].iter().map(|target| layer[*target]).min();
        layer[index] = nearest.map_or(0, |nearest| nearest.saturating_sub(1));
    }
    layer
}

/// Connects two boxes by a cell in each layer in between, which it returns.
fn connect(cells: &mut Vec<Cell>, from: usize, to: usize) -> Vec<usize> {
    let mut lane = Vec::new();
    let mut last = from;
    for layer in cells[from].layer + 1..cells[to].layer {
        let cell = cells.len();
        cells.push(Cell { layer, size: Size { width: 0, height: 2 }, left: vec![last], right: vec![], y: 0 });
        cells[last].right.push(cell);
        lane.push(cell);
        last = cell;
    }
    cells[last].right.push(to);
    cells[to].left.push(last);
    lane
}

/// Gives every cell its height, and returns the cells of each layer from top to bottom.
fn placed(cells: &mut [Cell], order: &[usize]) -> Vec<Vec<usize>> {
    let layers = cells.iter().map(|cell| cell.layer + 1).max().unwrap_or(0);
    let mut rows: Vec<Vec<usize>> = vec![Vec::new(); layers];
    for cell in order.iter().copied().chain(order.len()..cells.len()) {
        rows[cells[cell].layer].push(cell);
    }
    // Sort each layer by the mean height of the neighbors on one side, from left to right and back, to have few
    // crossings. Stacking them makes heights of orders.
    rows.iter().for_each(|row| stack(cells, row));
    for sweep in 0..SWEEPS {
        for at in alternating(layers, sweep) {
            let mean = |cell: &usize| mean_of_neighbors(cells, *cell, sweep % 2 == 0).unwrap_or(cells[*cell].y);
            rows[at].sort_by_key(mean);
            stack(cells, &rows[at]);
        }
    }
    for sweep in 0..SWEEPS {
        for at in alternating(layers, sweep) {
            pull(cells, &rows[at], sweep % 2 == 0);
        }
    }
    rows
}

fn alternating(layers: usize, sweep: usize) -> Vec<usize> {
    if sweep.is_multiple_of(2) { (0..layers).collect() } else { (0..layers).rev().collect() }
}

fn mean_of_neighbors(cells: &[Cell], cell: usize, of_left: bool) -> Option<i64> {
    let neighbors = if of_left { &cells[cell].left } else { &cells[cell].right };
    let sum: i64 = neighbors.iter().map(|neighbor| cells[*neighbor].y).sum();
    i64::try_from(neighbors.len()).ok().and_then(|count| sum.checked_div(count))
}

/// How far apart the middles of two neighbors in a layer are at least.
fn distance(cells: &[Cell], upper: usize, lower: usize) -> i64 {
    (cells[upper].size.height + 1) / 2 + BOX_GAP + (cells[lower].size.height + 1) / 2
}

/// As close together as possible, around the height 0.
fn stack(cells: &mut [Cell], row: &[usize]) {
    let mut y = 0;
    for (at, &cell) in row.iter().enumerate() {
        if let Some(&upper) = at.checked_sub(1).and_then(|upper| row.get(upper)) {
            y += distance(cells, upper, cell);
        }
        cells[cell].y = y;
    }
    row.iter().for_each(|cell| cells[*cell].y -= y / 2);
}

/// Moves the cells of a layer towards their neighbors on one side, without a change of their order.
fn pull(cells: &mut [Cell], row: &[usize], to_left: bool) {
    let wanted: Vec<i64> =
        row.iter().map(|cell| mean_of_neighbors(cells, *cell, to_left).unwrap_or(cells[*cell].y)).collect();
    let mut lowest = wanted.clone();
    for at in 1..row.len() {
        lowest[at] = lowest[at].max(lowest[at - 1] + distance(cells, row[at - 1], row[at]));
    }
    let mut highest = wanted;
    for at in (1..row.len()).rev() {
        highest[at - 1] = highest[at - 1].min(highest[at] - distance(cells, row[at - 1], row[at]));
    }
    // Both keep the distances, and so does what is between them, up to the half that rounding down takes from each.
    for (cell, (low, high)) in row.iter().zip(lowest.into_iter().zip(highest)) {
        cells[*cell].y = (low + high).div_euclid(2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(count: usize) -> Vec<Size> {
        (0..count).map(|index| Size { width: 80 + i64::try_from(index % 7).unwrap() * 20, height: 44 }).collect()
    }

    /// No two boxes touch, no edge runs through a box, and users are left of what they use unless in a circle.
    fn check(count: usize, edges: &[(usize, usize)], circles: usize) -> Layout {
        let sizes = sizes(count);
        let layout = layout(&sizes, edges);
        for one in 0..count {
            for other in one + 1..count {
                let (a, b) = (layout.corners[one], layout.corners[other]);
                let is_apart = a.x + sizes[one].width <= b.x
                    || b.x + sizes[other].width <= a.x
                    || a.y + sizes[one].height <= b.y
                    || b.y + sizes[other].height <= a.y;
                assert!(is_apart, "boxes {one} and {other} overlap: {a:?} {b:?}");
            }
            let corner = layout.corners[one];
            assert!(corner.x >= 0 && corner.x + sizes[one].width <= layout.size.width, "{corner:?}");
            assert!(corner.y >= 0 && corner.y + sizes[one].height <= layout.size.height, "{corner:?}");
        }
        let mut backwards = 0;
        for (route, &(user, used)) in layout.routes.iter().zip(edges) {
            assert_eq!(route.is_empty(), user == used);
            backwards += usize::from(user != used && layout.corners[user].x > layout.corners[used].x);
            for straight in route.get(1..).unwrap_or_default().chunks_exact(2) {
                assert_eq!(straight[0].y, straight[1].y);
                for (index, (corner, size)) in layout.corners.iter().zip(&sizes).enumerate() {
                    let y = straight[0].y;
                    let (from, to) = (straight[0].x.min(straight[1].x), straight[0].x.max(straight[1].x));
                    let crosses_rows = y > corner.y && y < corner.y + size.height;
                    assert!(
                        !crosses_rows || to <= corner.x || from >= corner.x + size.width,
                        "an edge crosses {index}"
                    );
                }
            }
        }
        assert!(backwards <= circles, "{backwards} edges lead back");
        layout
    }

    #[test]
    fn boxes_and_edges_keep_apart() {
        assert_eq!(check(0, &[], 0).size, Size::default());
        check(1, &[(0, 0)], 0);
        check(3, &[(0, 1), (1, 2), (0, 2)], 0);
        check(3, &[(0, 1), (1, 2), (2, 0)], 1);
        check(40, &[], 0);
        // A hub, a chain beside it, and boxes without edges.
        let hub: Vec<_> = (1..150).map(|user| (user, 0)).chain((150..200).map(|index| (index, index + 1))).collect();
        check(260, &hub, 0);
    }

    #[test]
    fn arbitrary_graphs_keep_apart_and_come_out_the_same() {
        let mut state = 7_usize;
        let mut next = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        for count in [2, 5, 17, 60] {
            let mut edges: Vec<_> = (0..count * 2).map(|_| (next(count), next(count))).collect();
            edges.sort_unstable();
            edges.dedup();
            let (first, second) = (check(count, &edges, edges.len()), check(count, &edges, edges.len()));
            assert_eq!((first.corners, first.routes), (second.corners, second.routes));
        }
    }

    #[test]
    fn a_long_chain_does_not_overflow_the_stack() {
        let chain: Vec<_> = (0..20_000).map(|index| (index, index + 1)).collect();
        assert!(layout(&sizes(20_001), &chain).size.width > 0);
    }
}
