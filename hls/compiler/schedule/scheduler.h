// SPDX-License-Identifier: Apache-2.0
//
// The scheduler's state, shared by the files of this folder. Each of them has one section of the class.
#ifndef XHLS_SCHEDULE_SCHEDULER_H
#define XHLS_SCHEDULE_SCHEDULER_H

#include <map>
#include <set>
#include <vector>

#include "schedule.h"

namespace xhls {

class Scheduler {
 public:
  Scheduler(Module& m, int budget, int loop_budget)
      : m_(m), net_(m.net), budget_(budget), loop_budget_(loop_budget) {}
  void run();

 private:
  using Group = std::vector<Node*>;

  struct Time {
    int stage = 0, level = 0;
    auto operator<=>(const Time&) const = default;
  };

  // order.cpp
  void mark_early();
  std::vector<Node*> successors(Node* n) const;
  std::vector<Group> components();
  void prune();

  // place.cpp
  Time arrival(const Bits& b) const;
  int registered(const Bits& b) const;
  Time after(Time start, int delay, bool fixed) const;
  void settle(Node* n, Time t);
  void place(Node* n);
  void place_operator(Node* n, int fixed_stage);
  void place_ram(Node* n);
  void check_tables() const;
  void place_outputs();

  // recurrence.cpp
  void place_group(Group& group);
  int try_group(const Group& group, int stage);
  void split_invariant(Node* n, const std::set<Node*>& group);

  // balance.cpp
  void balance(Node* n, int fixed_stage);

  // held.cpp
  void find_held();

  // critical.cpp
  std::vector<Loc> path_to(const Node* end) const;
  void find_critical();

  Module& m_;
  Netlist& net_;
  int budget_, loop_budget_;
  std::set<Node*> placed_;
  std::set<const Node*> fixed_;  // members of recurrences
  std::map<Node*, std::vector<Bits>> originals_;  // operands of a group's gates, before balancing
};

}  // namespace xhls

#endif
