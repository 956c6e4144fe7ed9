#pragma once

#include <cstddef>
#include <vector>

#include "kingpost/assess/coupling.hpp"

namespace kingpost::assess {

struct CommunityOptions {
  double size_penalty = 0.01;  ///< what two nodes in one community cost, as a share of the mean weight of a tie
  std::size_t smallest = 3;    ///< smaller communities join the neighbour that they are tied to most
};

struct Communities {
  std::vector<std::size_t> of;  ///< one a node, counted from 0 in the order of each community's first node
  std::size_t count = 0;
  double modularity = 0;  ///< Newman and Girvan's Q of the result, without the size penalty; 0 without ties
};

/// Parts a weighted graph by greedy modularity (the Louvain method: Blondel, Guillaume, Lambiotte, Lefebvre, J. Stat. Mech. 2008, P10008) with a
/// constant term against size (Traag, Van Dooren, Nesterov, Phys. Rev. E 84, 016114, 2011), then parts what is not connected (the flaw that Leiden
/// mends: Traag, Waltman, van Eck, Sci. Rep. 9, 5233, 2019) and joins what is too small. Deterministic: nodes in order, ties between equal gains to
/// the lowest number. Pure.
[[nodiscard]] Communities find_communities(std::size_t nodes, const std::vector<Tie>& ties, const CommunityOptions& options);

}  // namespace kingpost::assess
