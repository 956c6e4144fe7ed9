#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "kingpost/store/store.hpp"

namespace kingpost::store {

/// A job on its way through a store's queue, and whom to answer.
struct Task {
  Job job;
  Completion completion;
  std::shared_ptr<const Poster> poster;
};

/// Answers waiting to be posted. Those for one loop travel in one post, because each post wakes that loop.
class Delivery {
 public:
  void add(Task&& task, Result<Outcome> result) {
    Batch& batch = batch_of(task.poster);
    batch.answers->emplace_back(std::move(task.completion), std::move(result));
  }

  void post() {
    for (Batch& batch : batches_) {
      (*batch.poster)([answers = batch.answers] {
        for (auto& [completion, result] : *answers) completion(std::move(result));
      });
    }
    batches_.clear();
  }

 private:
  using Answers = std::vector<std::pair<Completion, Result<Outcome>>>;
  struct Batch {
    std::shared_ptr<const Poster> poster;
    std::shared_ptr<Answers> answers;
  };

  Batch& batch_of(const std::shared_ptr<const Poster>& poster) {
    for (Batch& batch : batches_) {
      if (batch.poster == poster) return batch;
    }
    batches_.push_back({poster, std::make_shared<Answers>()});
    return batches_.back();
  }

  std::vector<Batch> batches_;
};

/// Posts one answer.
inline void deliver(Task&& task, Result<Outcome> result) {
  Delivery delivery;
  delivery.add(std::move(task), std::move(result));
  delivery.post();
}

}  // namespace kingpost::store
