//! Strongly connected components, which is what recursion between types is.

/// For each node, the number of its strongly connected component. Nodes that reach each other share one, and components
/// are numbered callees first: an edge leads to a node of the same component or of a smaller one. `edges` has the
/// targets of each node, all of them smaller than its length.
///
/// This is Tarjan's algorithm with its own stack, since a chain of types may be longer than a thread's stack is deep.
///
/// # Panics
///
/// When an edge leads to a node that there is not.
///
/// ```
/// // The first two nodes reach each other, and the third one.
/// assert_eq!(avro_model::components(&[vec![1], vec![0, 2], vec![]]), [1, 1, 0]);
/// ```
#[must_use]
pub fn components(edges: &[Vec<usize>]) -> Vec<usize> {
    let mut search = Search {
        edges,
        order: vec![UNSEEN; edges.len()],
        lowest: vec![UNSEEN; edges.len()],
        component: vec![UNSEEN; edges.len()],
        open: Vec::new(),
        seen: 0,
        closed: 0,
    };
    for node in 0..edges.len() {
        if search.order[node] == UNSEEN {
            search.visit(node);
        }
    }
    search.component
}

const UNSEEN: usize = usize::MAX;

struct Search<'e> {
    edges: &'e [Vec<usize>],
    /// When each node was first seen.
    order: Vec<usize>,
    /// The earliest node on the stack that each node is known to reach.
    lowest: Vec<usize>,
    component: Vec<usize>,
    /// Nodes whose component is not complete yet.
    open: Vec<usize>,
    seen: usize,
    closed: usize,
}

impl Search<'_> {
    fn visit(&mut self, root: usize) {
        let mut path = vec![(root, 0)];
        self.see(root);
        while let Some((node, next_edge)) = path.pop() {
            if let Some(&target) = self.edges[node].get(next_edge) {
                path.push((node, next_edge + 1));
                if self.order[target] == UNSEEN {
                    self.see(target);
                    path.push((target, 0));
                } else if self.component[target] == UNSEEN {
                    self.lowest[node] = self.lowest[node].min(self.order[target]);
                }
                continue;
            }
            if let Some(&(parent, _)) = path.last() {
                self.lowest[parent] = self.lowest[parent].min(self.lowest[node]);
            }
            if self.lowest[node] == self.order[node] {
                self.close(node);
            }
        }
    }

    fn see(&mut self, node: usize) {
        self.order[node] = self.seen;
        self.lowest[node] = self.seen;
        self.seen += 1;
        self.open.push(node);
    }

    fn close(&mut self, root: usize) {
        while let Some(member) = self.open.pop() {
            self.component[member] = self.closed;
            if member == root {
                break;
            }
        }
        self.closed += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cycles_share_a_component_and_callees_come_first() {
        let edges = vec![vec![1], vec![2], vec![1, 3], vec![], vec![4, 0]];
        let component = components(&edges);
        assert_eq!(component[1], component[2]);
        assert!(component[3] < component[1]);
        assert!(component[1] < component[0]);
        assert!(component[0] < component[4]);
    }

    #[test]
    fn a_long_chain_does_not_overflow_the_stack() {
        let length = 200_000;
        let edges: Vec<Vec<usize>> =
            (0..length).map(|node| if node + 1 < length { vec![node + 1] } else { vec![] }).collect();
        let component = components(&edges);
        assert!(component.windows(2).all(|pair| pair[0] > pair[1]));
    }
}
